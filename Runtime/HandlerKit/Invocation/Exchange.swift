/// One invocation while it runs: what it was told, and its end of the wire.
final class Exchange: @unchecked Sendable {
}
