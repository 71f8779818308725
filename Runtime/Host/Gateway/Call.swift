import Kernel

/// One request while it is served: what its answer and its log line say of it.
struct Call {
    let connection: HTTPConnection
    let started: ContinuousClock.Instant
    /// Names the invocation, and the request where the client did not.
    let id: UUID
    var requestID: String
    var method = ""
    /// The route's path with its parameters' names, or what the client asked for where there is no route.
    var route = ""
    var handler = ""
    var tenant: TenantID?
    /// Whether it is an operator who asks: what that costs is not the tenant's.
    var isOperator = false
    var user: UserID?
    var isHead = false
    var isOld = false
    var wantsKeep = false
    var timing = Timing()
    /// Whether a handler's process was asked.
    var isInvoked = false
    /// Bytes of the bodies, without what frames them.
    var requestBytes = 0
    var answerBytes = 0
    /// Who asks: the connection's other end, or who stands behind trusted proxies.
    var client = ClientAddress.none
    /// Whether it goes on where its client was cut off: what came of a body is of use.
    var outlivesClient = false
    /// Whether the client speaks TLS, with us or with a trusted proxy.
    var isSecure = false
    /// Whether it brought something to prove who it is.
    var hasToken = false
    /// Header lines that its answer gets, whatever it is.
    var common: [HeaderLine] = []
}
