/// What went wrong, in a word that clients may rely on, with the HTTP status it stands for. The one table.
public struct ErrorCode: Hashable, Sendable, CustomStringConvertible {
    /// Upper case with underscores, for example `NOT_FOUND`. Never changes its meaning.
    public let name: String
    /// The HTTP status (RFC 9110 section 15) that carries it.
    public let status: Int
    /// What a client is told when nothing more precise is known.
    public let message: String

    public var description: String { name }

    private init(_ name: String, _ status: Int, _ message: String) {
        self.name = name
        self.status = status
        self.message = message
    }

    public static let badRequest = ErrorCode("BAD_REQUEST", 400, "The request could not be understood")
    public static let validation = ErrorCode("VALIDATION_ERROR", 400, "Invalid input data")
    public static let unauthenticated = ErrorCode("UNAUTHENTICATED", 401, "Sign in to use this")
    public static let invalidCredentials = ErrorCode("INVALID_CREDENTIALS", 401, "E-mail or password is wrong")
    public static let quotaExceeded = ErrorCode("QUOTA_EXCEEDED", 402, "A limit of this tenant's plan is used up")
    public static let paymentRequired = ErrorCode("PAYMENT_REQUIRED", 402, "This needs a payment that was not made")
    public static let forbidden = ErrorCode("FORBIDDEN", 403, "Your role does not allow this")
    public static let tenantSuspended = ErrorCode("TENANT_SUSPENDED", 403, "This tenant is suspended")
    public static let reauthenticationRequired = ErrorCode(
        "REAUTHENTICATION_REQUIRED", 403, "Prove again who you are: send your current password, or sign in anew")
    public static let notFound = ErrorCode("NOT_FOUND", 404, "Nothing is here")
    public static let methodNotAllowed = ErrorCode("METHOD_NOT_ALLOWED", 405, "This path does not answer that method")
    public static let timeout = ErrorCode("REQUEST_TIMEOUT", 408, "The request took too long to arrive")
    public static let conflict = ErrorCode("CONFLICT", 409, "This conflicts with what is already there")
    public static let idempotencyInProgress = ErrorCode(
        "IDEMPOTENCY_IN_PROGRESS", 409, "The first request with this Idempotency-Key has not ended yet; send the same again later")
    public static let answerNotKept = ErrorCode(
        "IDEMPOTENCY_ANSWER_NOT_KEPT", 409,
        "This was done already, by an earlier request with the same Idempotency-Key; its answer was too long to keep, so read what it made")
    public static let gone = ErrorCode("GONE", 410, "This was here once, and is no more")
    public static let lengthRequired = ErrorCode("LENGTH_REQUIRED", 411, "Say how long the body is")
    public static let preconditionFailed = ErrorCode("PRECONDITION_FAILED", 412, "This was changed since you read it")
    public static let tooLarge = ErrorCode("PAYLOAD_TOO_LARGE", 413, "The body is larger than allowed")
    public static let uriTooLong = ErrorCode("URI_TOO_LONG", 414, "The address is longer than allowed")
    public static let unsupportedMedia = ErrorCode("UNSUPPORTED_MEDIA_TYPE", 415, "This kind of body is not read here")
    public static let expectationFailed = ErrorCode("EXPECTATION_FAILED", 417, "Only `100-continue` is expected here")
    public static let unprocessableFile = ErrorCode("UNPROCESSABLE_FILE", 422, "The file could not be read")
    public static let poisonInvocation = ErrorCode(
        "POISON_INVOCATION", 422, "This call ended the handler's process each time it ran, and is refused for now")
    public static let idempotencyKeyReused = ErrorCode(
        "IDEMPOTENCY_KEY_REUSED", 422, "This Idempotency-Key was used for another request; make a new one for each, and send the same bytes again")
    public static let tooManyRequests = ErrorCode("TOO_MANY_REQUESTS", 429, "Too many requests; try again later")
    public static let rateLimited = ErrorCode("RATE_LIMITED", 429, "This tenant's plan allows fewer calls a minute; try again later")
    public static let headersTooLarge = ErrorCode("HEADERS_TOO_LARGE", 431, "The request's head is larger than allowed")
    public static let checksumMismatch = ErrorCode("CHECKSUM_MISMATCH", 460, "The bytes that came are not those of the checksum; send them again")
    public static let cancelled = ErrorCode("CANCELLED", 499, "The caller went away")
    public static let internalError = ErrorCode("INTERNAL_ERROR", 500, "Something went wrong on our side")
    public static let notImplemented = ErrorCode("NOT_IMPLEMENTED", 501, "This is not known here")
    public static let handlerFailed = ErrorCode("HANDLER_FAILED", 502, "The handler stopped before it answered")
    public static let unavailable = ErrorCode("UNAVAILABLE", 503, "Not available right now; try again soon")
    public static let deadlineExceeded = ErrorCode("DEADLINE_EXCEEDED", 504, "The answer took too long")
    public static let versionNotSupported = ErrorCode("VERSION_NOT_SUPPORTED", 505, "Only HTTP/1.1 and HTTP/1.0 are spoken here")
    public static let storageFull = ErrorCode("STORAGE_FULL", 507, "There is no room to keep this right now")
    public static let loopDetected = ErrorCode("LOOP_DETECTED", 508, "Handlers call each other too deeply")

    /// Every code, for documentation and tests.
    public static let all: [ErrorCode] = [
        badRequest, validation, unauthenticated, invalidCredentials, paymentRequired, forbidden, tenantSuspended, reauthenticationRequired, notFound,
        methodNotAllowed, timeout, conflict, lengthRequired, preconditionFailed, tooLarge, uriTooLong, unsupportedMedia, expectationFailed,
        unprocessableFile, poisonInvocation, tooManyRequests,
        headersTooLarge, cancelled, internalError, notImplemented, handlerFailed, unavailable, deadlineExceeded, versionNotSupported, loopDetected,
        idempotencyInProgress, answerNotKept, idempotencyKeyReused, quotaExceeded, rateLimited, gone, checksumMismatch, storageFull,
    ]

    /// The code of that name; nil if there is none.
    public init?(named name: some StringProtocol) {
        guard let code = Self.all.first(where: { $0.name == name }) else { return nil }
        self = code
    }
}
