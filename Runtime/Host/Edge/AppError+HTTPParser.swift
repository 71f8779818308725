import Kernel
import NIOHTTP1

extension AppError {
    /// What the client is told for bytes that are no HTTP/1.1 request.
    init(parser error: HTTPParserError) {
        switch error {
        case .headerOverflow: self.init(.headersTooLarge)
        case .invalidMethod: self.init(.notImplemented, "The method is not known here")
        case .invalidVersion: self.init(.versionNotSupported)
        case .invalidContentLength, .unexpectedContentLength: self.init(.badRequest, "Content-Length is wrong")
        case .invalidChunkSize: self.init(.badRequest, "A chunk's size is wrong")
        case .invalidHeaderToken: self.init(.badRequest, "A header line holds a character that is not allowed there")
        default: self.init(.badRequest, "This is not an HTTP/1.1 request")
        }
    }
}
