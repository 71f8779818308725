internal import CPNG
public import Kernel

extension QRCode {
    /// The code as a PNG image of black on white, quiet zone included; `scale` is the side of a module in pixels, 1 to 16.
    public func png(scale: Int = 6) throws(AppError) -> [UInt8] {
        precondition((1...16).contains(scale), "a module has 1 to 16 pixels a side")
        let side = (width + Self.quietZone * 2) * scale
        var pixels = [UInt8](repeating: 255, count: side * side)
        for y in 0..<side {
            for x in 0..<side where isDark(row: y / scale - Self.quietZone, column: x / scale - Self.quietZone) { pixels[y * side + x] = 0 }
        }
        var image = png_image()
        image.version = UInt32(PNG_IMAGE_VERSION)
        image.width = UInt32(side)
        image.height = UInt32(side)
        image.format = UInt32(TENANTRY_PNG_GRAY)
        defer { png_image_free(&image) }
        // A row is compressed to far less; noise, which this is not, would be a little longer than the pixels.
        var bytes = [UInt8](repeating: 0, count: side * side + side + 4096)
        var count = bytes.count
        guard png_image_write_to_memory(&image, &bytes, &count, 0, pixels, 0, nil) == 1 else {
            throw AppError(.internalError, detail: "libpng could not write the image")
        }
        return Array(bytes.prefix(count))
    }
}
