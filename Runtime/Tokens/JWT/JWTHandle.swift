internal import CJWT
internal import Glibc
internal import Kernel

/// The one owner of libjwt's token.
struct JWTHandle: ~Copyable {
    private let raw: OpaquePointer

    deinit { jwt_free(raw) }

    private init(owning raw: OpaquePointer) { self.raw = raw }

    /// An empty token that will be signed with a key.
    static func new(algorithm: JWTAlgorithm, key: [UInt8]) throws(AppError) -> JWTHandle {
        var token: OpaquePointer?
        guard jwt_new(&token) == 0, let token else { throw AppError(.internalError, detail: "no memory for a token") }
        let handle = JWTHandle(owning: token)
        guard jwt_set_alg(handle.raw, algorithm.libjwt, key, Int32(key.count)) == 0 else {
            throw AppError(.internalError, detail: "the key does not fit \(algorithm.rawValue)")
        }
        return handle
    }

    /// Whether the signature of a token fits a key.
    ///
    /// libjwt takes the algorithm from the token's header and checks nothing without a key: the caller has compared the header's algorithm with
    /// the key's before, and here it is compared once more.
    static func verify(_ token: String, algorithm: JWTAlgorithm, key: [UInt8]) -> Bool {
        precondition(!key.isEmpty, "a token is verified with a key")
        var decoded: OpaquePointer?
        guard jwt_decode(&decoded, token, key, Int32(key.count)) == 0, let decoded else { return false }
        let handle = JWTHandle(owning: decoded)
        return jwt_get_alg(handle.raw) == algorithm.libjwt
    }

    borrowing func setHeader(_ name: String, _ value: String) throws(AppError) {
        guard jwt_add_header(raw, name, value) == 0 else { throw AppError(.internalError, detail: "a token's header was refused") }
    }

    borrowing func setClaims(_ json: String) throws(AppError) {
        guard jwt_add_grants_json(raw, json) == 0 else { throw AppError(.internalError, detail: "a token's claims were refused") }
    }

    borrowing func encoded() throws(AppError) -> String {
        guard let text = jwt_encode_str(raw) else { throw AppError(.internalError, detail: "a token could not be signed") }
        defer { free(text) }
        return String(cString: text)
    }
}
