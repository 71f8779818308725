public import Addresses
public import Kernel

/// Where a finished sign-in may lead: the installation's list, met exactly, so that nobody is sent elsewhere with a code in hand.
public struct RedirectRule: Sendable {
    private let exact: Set<WebAddress>
    private let origins: Set<String>

    /// Each entry is a URL that must be met as a whole, or `https://host/`, which admits all pages of that origin. Throws `VALIDATION_ERROR`.
    public init(_ entries: [String]) throws(AppError) {
        var exact: Set<WebAddress> = []
        var origins: Set<String> = []
        for entry in entries {
            let url = try WebAddress(entry, field: "TENANTRY_REDIRECT_URLS")
            if url.target == "/" { origins.insert(url.origin) }
            exact.insert(url)
        }
        self.exact = exact
        self.origins = origins
    }

    /// The address in a text, if it is on the list. Throws `VALIDATION_ERROR` naming `redirect_uri`.
    public func check(_ text: String) throws(AppError) -> WebAddress {
        let url = try WebAddress(text, field: "redirect_uri")
        guard exact.contains(url) || origins.contains(url.origin) else {
            throw AppError.invalid("redirect_uri", "expected one of the URLs that this installation lists in TENANTRY_REDIRECT_URLS")
        }
        return url
    }
}
