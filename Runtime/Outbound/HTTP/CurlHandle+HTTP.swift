import Addresses
import CCurl
import Kernel

extension CurlHandle {
    /// Says what is sent, and to which address. What is kept of a connection is used again for the same address alone, never for the name.
    mutating func aim(_ request: HTTPRequest, at address: InternetAddress, remaining: Duration, connect: Duration) {
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_URL, request.url.text)
        set(CURLOPT_CONNECT_TO, ["::\(address.isV4 ? address.description : "[\(address)]"):\(request.url.port)"])
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_HTTP09_ALLOWED, 0)
        set(CURLOPT_TIMEOUT_MS, max(1, Int(remaining.milliseconds)))
        set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(connect.milliseconds)))
        set(CURLOPT_USERAGENT, "Tenantry")
        set(CURLOPT_CUSTOMREQUEST, request.method)
        if request.method == "HEAD" {
            set(CURLOPT_NOBODY, 1)
        } else {
            set(CURLOPT_MAXFILESIZE_LARGE, offset: request.limit)
        }
        if request.isUnpacking { set(CURLOPT_ACCEPT_ENCODING, "gzip, deflate, br") }
        if let body = request.body {
            set(CURLOPT_UPLOAD, 1)
            set(CURLOPT_INFILESIZE_LARGE, offset: body.count)
        }
        if let signing = request.signing {
            set(CURLOPT_AWS_SIGV4, "aws:amz:\(signing.region):\(signing.service)")
            set(CURLOPT_USERNAME, signing.accessKey)
            set(CURLOPT_PASSWORD, signing.secretKey)
        }
        // An empty value after the colon takes the line out that libcurl would add.
        set(CURLOPT_HTTPHEADER, request.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" } + ["Expect:"])
    }

    /// One stream of a shared connection that waits would hold up the others (libcurl 7.88), so a body that is taken bit by bit has one for itself.
    func useOwnConnection() { set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1) }

    /// Goes through a proxy, in a tunnel to the checked address: the proxy looks no name up. `authorities`, PEM, are those that a proxy over TLS is
    /// believed by; nil: the system's.
    func use(proxy: String, authorities: String?) {
        set(CURLOPT_PROXY_SSL_VERIFYPEER, 1)
        set(CURLOPT_PROXY_SSL_VERIFYHOST, 2)
        set(CURLOPT_PROXY_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let authorities { set(CURLOPT_PROXY_CAINFO_BLOB, blob: Array(authorities.utf8)) }
        set(CURLOPT_NOPROXY, "")
        set(CURLOPT_PROXY, proxy)
        set(CURLOPT_HTTPPROXYTUNNEL, 1)
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    }
}
