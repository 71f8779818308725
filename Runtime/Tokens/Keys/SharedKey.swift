/// A key that several hold.
///
/// Unchecked: OpenSSL's keys count their references and may be used by several threads while nobody changes them (openssl-threads(7)), and nothing
/// here does.
final class SharedKey: @unchecked Sendable {
    let key: OpenSSLKey

    init(_ key: consuming OpenSSLKey) { self.key = key }
}
