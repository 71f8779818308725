import Kernel
import NIOHPACK
import NIOHTTP1

/// A request's header block (RFC 9113 section 8.3).
enum RequestBlock {
    /// As a head of HTTP/1.1. Throws what the same head would have met there.
    static func head(_ block: HPACKHeaders, hasBody: Bool, _ limits: EdgeLimits) throws(AppError) -> HTTPRequestHead {
        guard block.count <= limits.headerLines + 4 else { throw AppError(.headersTooLarge) }
        var method = ""
        var path = ""
        var authority: String?
        var host: String?
        var size = 0
        var headers: [(String, String)] = []
        headers.reserveCapacity(block.count)
        for (name, value, _) in block {
            size += name.utf8.count + value.utf8.count + 4
            guard size <= limits.head else { throw AppError(.headersTooLarge) }
            switch name {
            case ":method": method = value
            case ":path": path = value
            case ":authority": authority = value
            case ":scheme": break
            case "host": host = value
            default:
                guard name.utf8.allSatisfy(FieldLine.isTokenByte), value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                    throw AppError(.badRequest, "A header holds a character that is not allowed there")
                }
                headers.append((name, value))
            }
        }
        guard RequestLine.isKnown(method.utf8) else { throw AppError(.notImplemented, "The method is not known here") }
        guard path.utf8.count <= limits.target else {
            throw AppError(.uriTooLong, "The address is longer than the \(limits.target) bytes allowed")
        }
        guard let named = authority ?? host, authority == nil || host == nil || authority == host, HostField.isSound(named.utf8) else {
            throw AppError(.badRequest, "The request does not name one host")
        }
        headers.append(("host", named))
        if hasBody, !block.contains(name: "content-length") { headers.append(("transfer-encoding", "chunked")) }
        return HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method), uri: path, headers: HTTPHeaders(headers))
    }
}
