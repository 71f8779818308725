internal import CQRCode
public import Kernel

/// A QR code (ISO/IEC 18004): a square of dark and light modules, without the quiet zone around it.
public struct QRCode: Hashable, Sendable {
    /// Modules along a side, 21 to 177.
    public let width: Int
    private let dark: [Bool]

    /// The code of a text as UTF-8 bytes, with correction level M (15 % may be unreadable), or L where it is too long for that.
    ///
    /// Throws `VALIDATION_ERROR` above 2953 bytes, which is all that the largest code holds.
    public init(_ text: String) throws(AppError) {
        let bytes = Array(text.utf8)
        guard let symbol = Symbol(bytes, QR_ECLEVEL_M) ?? Symbol(bytes, QR_ECLEVEL_L) else {
            throw AppError(.validation, "The text is too long for a QR code")
        }
        (width, dark) = symbol.modules()
    }

    /// Whether a module is dark; false outside the code.
    public func isDark(row: Int, column: Int) -> Bool {
        (0..<width).contains(row) && (0..<width).contains(column) && dark[row * width + column]
    }

    /// The light modules that must surround a code, on each side (section 6.3.8 of the standard).
    static let quietZone = 4
}

/// The one owner of libqrencode's symbol.
private struct Symbol: ~Copyable {
    private let raw: UnsafeMutablePointer<CQRCode.QRcode>

    /// Nil where the bytes do not fit.
    init?(_ bytes: [UInt8], _ level: QRecLevel) {
        guard let raw = QRcode_encodeData(Int32(bytes.count), bytes, 0, level) else { return nil }
        self.raw = raw
    }

    deinit { QRcode_free(raw) }

    /// The lowest bit of each byte of the symbol says whether the module is dark.
    func modules() -> (width: Int, dark: [Bool]) {
        let width = Int(raw.pointee.width)
        return (width, UnsafeBufferPointer(start: raw.pointee.data, count: width * width).map { $0 & 1 == 1 })
    }
}
