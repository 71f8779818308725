import Kernel
import Testing

@testable import Wire

@Suite("PROTOCOL.md") struct ProtocolDocumentTests {
    private let document: ProtocolDocument

    init() throws {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        let path = parts.dropLast(3).joined(separator: "/") + "/Runtime/Wire/PROTOCOL.md"
        document = try ProtocolDocument(String(decoding: try File.read(path), as: UTF8.self))
    }

    private func encoded(_ frame: Frame) -> [UInt8] {
        var bytes: [UInt8] = []
        frame.encode(into: &bytes)
        return bytes
    }

    @Test("names every kind of frame by its number") func kinds() {
        let samples = Set(FrameTests.frames.map(\.kind))
        for kind in samples { #expect(document.kinds[kind.rawValue] == "\(kind)") }
        #expect(document.kinds.count == samples.count)
        #expect(Frame.Kind(rawValue: UInt8(samples.count + 1)) == nil)
    }

    /// Taken apart by the tables alone, every frame has the fields and the values of the Swift type.
    @Test("its tables read every frame to the last byte", arguments: FrameTests.frames.indices) func tables(index: Int) throws {
        let frame = FrameTests.frames[index]
        let (kind, fields) = try document.read(encoded(frame))
        #expect(kind == "\(frame.kind)")
        guard let payload = Mirror(reflecting: frame).children.first?.value else { return #expect(fields.isEmpty) }
        // Of a pair of stream and message, the message.
        let pair = Array(Mirror(reflecting: payload).children)
        let isPair = pair.first?.label == ".0"
        let message = isPair ? pair[1].value : payload
        let expected = Mirror(reflecting: message)
        if fields.count == 1, expected.displayStyle != .struct || kind == "end" {
            try compare(fields[kind], message, kind)
        } else {
            try compare(.fields(fields), message, kind)
        }
    }

    private func compare(_ value: ProtocolDocument.Value?, _ swift: Any, _ place: String) throws {
        let mirror = Mirror(reflecting: swift)
        switch (value, swift) {
        case (.number(let number), let swift as Bool): #expect(number == (swift ? 1 : 0), "\(place)")
        case (.number(let number), let swift as any FixedWidthInteger):
            #expect(number == UInt64(truncatingIfNeeded: Int64(truncatingIfNeeded: swift)), "\(place)")
        case (.number(let number), let swift as any RawRepresentable): #expect("\(number)" == "\(swift.rawValue)", "\(place)")
        case (.text(let text), let swift as String): #expect(text == swift, "\(place)")
        case (.text(let text), let swift as any CustomStringConvertible): #expect(text == swift.description, "\(place)")
        case (.bytes(let bytes), let swift as [UInt8]): #expect(bytes == swift, "\(place)")
        case (.list(let list), _):
            #expect(list.count == mirror.children.count, "\(place)")
            for (each, child) in zip(list, mirror.children) { try compare(each, child.value, place) }
        case (.some(.none), _): #expect(mirror.displayStyle == .optional && mirror.children.isEmpty, "\(place)")
        case (let value?, _) where mirror.displayStyle == .optional:
            try compare(value, try #require(mirror.children.first?.value, "\(place)"), place)
        case (.fields(let fields), _) where mirror.displayStyle == .struct:
            #expect(Set(fields.keys.map(Self.plain)) == Set(mirror.children.compactMap(\.label).map(Self.plain)), "\(place)")
            for child in mirror.children {
                let name = fields.keys.first { Self.plain($0) == Self.plain(child.label ?? "") }
                try compare(fields[try #require(name)], child.value, "\(place).\(child.label ?? "")")
            }
        case (.fields(let fields), _) where mirror.displayStyle == .enum:
            // A choice: by the case's own values, in their order.
            if let payload = mirror.children.first?.value {
                let parts = Mirror(reflecting: payload)
                if parts.displayStyle == .tuple {
                    for part in parts.children { try compare(fields[try #require(part.label)], part.value, "\(place).\(part.label ?? "")") }
                } else {
                    #expect(fields.count == 1)
                    try compare(fields.values.first, payload, place)
                }
            } else {
                #expect(fields.isEmpty, "\(place)")
            }
        default: Issue.record("\(place): \(String(describing: value)) is not \(swift)")
        }
    }

    private static func plain(_ name: String) -> String { name.lowercased().filter { $0 != "_" } }

    @Test("its version and limits are the code's") func limits() throws {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        let text = String(decoding: try File.read(parts.dropLast(3).joined(separator: "/") + "/Runtime/Wire/PROTOCOL.md"), as: UTF8.self)
        #expect(text.contains("\nVersion \(WireVersion.current). "))
        for number in [Frame.maximumLength, Frame.maximumChunk, SendCredit.initialWindow, NestedCall.maximumBody] {
            #expect(text.contains(Self.grouped(number)), "\(number)")
        }
    }

    private static func grouped(_ number: Int) -> String {
        var digits = Array(String(number))
        var position = digits.count - 3
        while position > 0 {
            digits.insert(",", at: position)
            position -= 3
        }
        return String(digits)
    }

    @Test("its example is made of whole frames") func example() throws {
        var decoder = FrameDecoder()
        document.example.withUnsafeBytes { decoder.append($0) }
        var frames: [Frame] = []
        while let frame = try decoder.next() { frames.append(frame) }
        #expect(decoder.buffered == 0)
        #expect(frames.map { "\($0.kind)" } == ["start", "ready", "ping", "pong", "invoke", "answer", "cancel", "drain"])
        #expect(frames.flatMap(encoded) == document.example)
        guard case .start(let start) = frames[0], case .invoke(1, let head) = frames[4], case .answer(1, let answer) = frames[5] else {
            Issue.record("other frames")
            return
        }
        #expect(start.version == WireVersion.current)
        #expect(head.parameters == ["Ada"])
        #expect(answer.body == Array("{}".utf8))
    }
}
