internal import CExpat
import Kernel

/// Parses XML as it arrives. The one owner of expat's parser.
///
/// No document type, so no entities but the five of XML itself; nothing outside the text is ever read. Nests at most 200 elements.
struct XMLParser: ~Copyable, @unchecked Sendable {
    /// A tag, a comment or the like is held whole, and looked through again with each piece of it.
    private static let longestToken = 1 << 20
    private let bridge: XMLBridge
    private var unread = 0

    /// A parser that tells the handler what it finds. `part` names the text in messages.
    init(_ handler: XMLHandler, part: String) { bridge = XMLBridge(handler, part) }

    deinit { bridge.close() }

    /// Takes the next bytes; `isFinal` with the last. Throws `UNPROCESSABLE_FILE` with line and column where the text is not well-formed.
    mutating func feed(_ bytes: ArraySlice<UInt8>, isFinal: Bool = false) throws(AppError) {
        let status = bytes.withUnsafeBytes {
            XML_Parse(bridge.parser, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count), isFinal ? 1 : 0)
        }
        if let fault = bridge.handler.fault { throw fault }
        if status == XML_STATUS_ERROR { throw bridge.failure() }
        unread = bridge.takeMoved() ? 0 : unread + bytes.count
        if unread > Self.longestToken { throw bridge.tooLong(Self.longestToken) }
    }
}

/// What expat's callbacks reach through their pointer.
private final class XMLBridge {
    static let deepest = 200
    let parser: XML_Parser?
    let handler: XMLHandler
    private let part: String
    private var depth = 0
    private var hasMoved = false

    init(_ handler: XMLHandler, _ part: String) {
        self.handler = handler
        self.part = part
        parser = XML_ParserCreate(nil)
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            parser, { XMLBridge.of($0)?.start($1, $2) },
            { data, name in
                guard let bridge = XMLBridge.of(data), let name else { return }
                bridge.hasMoved = true
                bridge.depth -= 1
                bridge.handler.end(XMLName(name))
                bridge.stopOnFault()
            })
        XML_SetCharacterDataHandler(parser) { data, bytes, count in
            guard let bridge = XMLBridge.of(data), let bytes else { return }
            bridge.hasMoved = true
            bytes.withMemoryRebound(to: UInt8.self, capacity: Int(count)) {
                bridge.handler.text(UnsafeBufferPointer(start: $0, count: Int(count)))
            }
            bridge.stopOnFault()
        }
        XML_SetDefaultHandler(parser) { data, _, _ in XMLBridge.of(data)?.hasMoved = true }
        XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in
            guard let bridge = XMLBridge.of(data) else { return }
            bridge.refuse("declares a document type, which no workbook does; entities are not read")
        }
    }

    /// Whether something was told since the last call.
    func takeMoved() -> Bool {
        defer { hasMoved = false }
        return hasMoved
    }

    func tooLong(_ limit: Int) -> AppError { WorkbookFault.part(part, "a tag or comment is longer than \(limit) bytes") }

    func close() { XML_ParserFree(parser) }

    func failure() -> AppError {
        let what = String(cString: XML_ErrorString(XML_GetErrorCode(parser)))
        return WorkbookFault.part(
            part, "line \(XML_GetCurrentLineNumber(parser)), column \(XML_GetCurrentColumnNumber(parser) + 1): not well-formed XML (\(what))")
    }

    @inline(__always)
    private static func of(_ data: UnsafeMutableRawPointer?) -> XMLBridge? {
        data.map { Unmanaged<XMLBridge>.fromOpaque($0).takeUnretainedValue() }
    }

    private func start(_ name: UnsafePointer<CChar>?, _ attributes: UnsafeMutablePointer<UnsafePointer<CChar>?>?) {
        guard let name, let attributes else { return }
        hasMoved = true
        depth += 1
        guard depth <= Self.deepest else { return refuse("nests more than \(Self.deepest) elements") }
        handler.start(XMLName(name), XMLAttributes(attributes))
        stopOnFault()
    }

    private func refuse(_ what: String) {
        handler.fault = WorkbookFault.part(part, what)
        stopOnFault()
    }

    @inline(__always)
    private func stopOnFault() { if handler.fault != nil { XML_StopParser(parser, 0) } }
}
