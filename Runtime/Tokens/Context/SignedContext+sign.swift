import Kernel

extension SignedContext {
    /// The version of the text; `tenancy.tenant_id()` knows this one alone.
    static let version = "tc1"
    /// In the place of a role where there is none.
    static let noRole = "none"

    /// The signed text: eleven parts joined by `.`, the last the MAC of all before it, in hexadecimal digits.
    ///
    /// `tc1.<key>.<t|i|s|o>.<tenant>.<user>.<role>.<handler>.<attempt>.<expiry, microseconds since 1970>.<invocation>.<mac>`
    public func sign(with key: SigningKey) -> String {
        // Longest: 3 + 19 + 1 + 36 + 36 + 32 + 32 + 19 + 19 + 36 + 64 and ten dots.
        String(unsafeUninitializedCapacity: 312) { buffer in
            var writer = Writer(memory: buffer)
            writer.append(Self.version)
            writer.dot()
            writer.append(UInt64(key.id))
            writer.dot()
            writer.append(kind.rawValue)
            writer.dot()
            writer.append(tenant?.uuid ?? .zero)
            writer.dot()
            writer.append(user?.uuid ?? .zero)
            writer.dot()
            writer.append(role?.rawValue ?? Self.noRole)
            writer.dot()
            writer.append(handler)
            writer.dot()
            writer.append(UInt64(attempt))
            writer.dot()
            writer.append(UInt64(expiry.microseconds))
            writer.dot()
            writer.append(invocation.uuid)
            let mac = key.hmac.authenticate(UnsafeRawBufferPointer(start: buffer.baseAddress, count: writer.count))
            writer.dot()
            mac.writeHex(to: buffer.baseAddress! + writer.count)
            return writer.count + 64
        }
    }
}

/// Writes the parts straight into the string's memory, since a context is signed for every request.
private struct Writer {
    let memory: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(memory: UnsafeMutableBufferPointer<UInt8>) { self.memory = memory }

    mutating func dot() {
        memory[count] = UInt8(ascii: ".")
        count += 1
    }

    mutating func append(_ text: String) {
        for byte in text.utf8 {
            memory[count] = byte
            count += 1
        }
    }

    mutating func append(_ number: UInt64) {
        var divisor: UInt64 = 1
        while number / divisor >= 10 { divisor *= 10 }
        var rest = number
        while divisor > 0 {
            memory[count] = UInt8(truncatingIfNeeded: 48 + rest / divisor)
            rest %= divisor
            divisor /= 10
            count += 1
        }
    }

    mutating func append(_ uuid: UUID) {
        for index in 0..<16 {
            if index == 4 || index == 6 || index == 8 || index == 10 {
                memory[count] = UInt8(ascii: "-")
                count += 1
            }
            let half = index < 8 ? uuid.high : uuid.low
            let byte = UInt8(truncatingIfNeeded: half >> UInt64((7 - index % 8) * 8))
            memory[count] = Digest.digit(byte >> 4)
            memory[count + 1] = Digest.digit(byte & 15)
            count += 2
        }
    }
}
