import Kernel

/// How far a file has been read.
struct Place {
    /// In the bytes that wait.
    var position = 0
    /// The line there, from 1.
    var line = 1
    /// Bytes of the file in front of those that wait.
    var before = 0

    /// Checks that a record from here to a position is not too long.
    func checkLength(_ end: Int, _ limits: TableLimits) throws(AppError) {
        if end - position > limits.recordBytes { throw TableFault.longRecord(line: line, limits: limits) }
    }

    /// Checks the bytes from here to a position.
    func checkUTF8(_ base: UnsafePointer<UInt8>, upTo next: Int) throws(AppError) {
        guard let fault = UTF8Check.firstFault(base + position, next - position) else { return }
        var lines = 0
        for offset in position..<position + fault where base[offset] == 0x0A || base[offset] == 0x0D && base[offset + 1] != 0x0A { lines += 1 }
        throw TableFault.utf8(line: line + lines, byte: before + position + fault, value: base[position + fault])
    }
}
