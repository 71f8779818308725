import FormData
import HandlerKit

/// Takes what an upload needs out of a form: the fields before the file, and the file's bytes.
struct FormPieces: Sendable {
    private enum Part { case none, file, business, other }

    private var reader: FormDataReader
    private var part = Part.none
    private var businessText: [UInt8] = []
    private var waiting: [[UInt8]] = []
    private(set) var fileName: String?
    /// The media type that the sender names; nil where there is none.
    private(set) var contentType: String?
    private(set) var hasFile = false
    private(set) var business: UUID?

    init(boundary: String?) throws { reader = try FormDataReader(boundary: boundary) }

    mutating func read(_ bytes: [UInt8]) throws {
        for event in try reader.read(bytes) {
            switch event {
            case .part(let head): try begin(head)
            case .bytes(let bytes): try take(bytes)
            case .end: try end()
            }
        }
    }

    mutating func takeFileBytes() -> [UInt8]? { waiting.isEmpty ? nil : waiting.removeFirst() }

    func requireFile() throws {
        guard hasFile else { throw AppError.invalid("file", "expected a part of that name with the file") }
    }

    func finish() throws { try reader.finish() }

    private mutating func begin(_ head: FormPart) throws {
        switch head.name {
        case "file":
            guard !hasFile else { throw AppError.invalid("file", "expected one file, found a second") }
            hasFile = true
            fileName = head.fileName
            contentType = head.contentType
            part = .file
        case "business_id":
            guard !hasFile else { throw AppError.invalid("business_id", "expected before the file, not behind it") }
            part = .business
        default: part = .other
        }
    }

    private mutating func take(_ bytes: ArraySlice<UInt8>) throws {
        switch part {
        case .file: waiting.append(Array(bytes))
        case .business:
            businessText += bytes
            guard businessText.count <= 64 else { throw Self.noID }
        case .other, .none: break
        }
    }

    private mutating func end() throws {
        if part == .business {
            guard let id = UUID(String(decoding: businessText, as: UTF8.self)) else { throw Self.noID }
            business = id
        }
        part = .none
    }

    private static let noID = AppError.invalid("business_id", "expected a UUID such as 0190c5a4-7d3b-7c2e-9f00-2b6c1d4e5f60")
}
