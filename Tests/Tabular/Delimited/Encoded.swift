#if canImport(Glibc)
    import Glibc
#endif

/// A text in another encoding, made by iconv(3); nil where it has no such characters.
func encoded(_ text: String, _ name: String) -> [UInt8]? {
    guard let handle = iconv_open(name, "UTF-8"), Int(bitPattern: handle) != -1 else { return nil }
    defer { iconv_close(handle) }
    var source = Array(text.utf8).map { CChar(bitPattern: $0) }
    var target = [CChar](repeating: 0, count: source.count * 4 + 16)
    let room = target.count
    var left = room
    let result = source.withUnsafeMutableBufferPointer { from in
        target.withUnsafeMutableBufferPointer { to in
            var input = from.baseAddress
            var output = to.baseAddress
            var count = from.count
            return iconv(handle, &input, &count, &output, &left)
        }
    }
    guard Int(bitPattern: UInt(bitPattern: Int(result))) != -1 else { return nil }
    return target.prefix(room - left).map { UInt8(bitPattern: $0) }
}
