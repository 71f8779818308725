import Addresses
import Host
import Kernel

extension OutsideSettings {
    /// The longest file of certificates, in bytes.
    private static let certificatesLimit = 4 << 20

    /// From variables by their names without `TENANTRY_`; `value` is also told which are secret. Throws `VALIDATION_ERROR` that names the variable.
    static func read(_ value: (_ name: String, _ isSecret: Bool) -> String?) throws(AppError) -> OutsideSettings {
        var settings = OutsideSettings()
        func list(_ name: String) -> [String] {
            (value(name, false) ?? "").split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
        }
        func origin(_ name: String) throws(AppError) -> String? {
            guard let text = value(name, false) else { return nil }
            _ = try WebAddress(text, field: "TENANTRY_\(name)")
            return text.hasSuffix("/") ? String(text.dropLast()) : text
        }
        settings.appURL = try origin("APP_URL")
        settings.publicURL = try origin("PUBLIC_URL")
        settings.redirects = list("REDIRECT_URLS")
        for url in settings.redirects { _ = try WebAddress(url, field: "TENANTRY_REDIRECT_URLS") }

        settings.outbound.allow = list("OUTBOUND_ALLOW")
        for range in settings.outbound.allow where AddressRange(range) == nil {
            throw AppError.invalid("TENANTRY_OUTBOUND_ALLOW", "expected ranges such as 10.0.0.0/8, 2001:db8::/32; got \(range)")
        }
        for text in list("OUTBOUND_PORTS") {
            guard let port = Int(text), (1...65_535).contains(port) else {
                throw AppError.invalid("TENANTRY_OUTBOUND_PORTS", "expected ports such as 8443, 9000; got \(text)")
            }
            if !settings.outbound.ports.contains(port) { settings.outbound.ports.append(port) }
        }
        if let proxy = value("OUTBOUND_PROXY", false) {
            _ = try OutboundRules.proxy(proxy, field: "TENANTRY_OUTBOUND_PROXY")
            settings.outbound.proxy = proxy
        }
        if let path = value("CA_FILE", false) {
            let text = String(decoding: try File.read(path, limit: certificatesLimit), as: UTF8.self)
            guard text.contains("-----BEGIN CERTIFICATE-----") else {
                throw AppError.invalid("TENANTRY_CA_FILE", "expected a file of certificates as PEM; got \(path)")
            }
            settings.outbound.authorities = text
        }

        let url = value("SMTP_URL", false)
        switch value("MAIL", false) ?? (url == nil ? "file" : "smtp") {
        case "file": break
        case "smtp":
            guard let url else { throw AppError.invalid("TENANTRY_SMTP_URL", "expected a URL such as smtp://mail.example.com; it is not set") }
            settings.mailServer = try MailServer(
                url: url, user: value("SMTP_USER", false), password: value("SMTP_PASSWORD", true), field: "TENANTRY_SMTP_URL")
            guard value("MAIL_FROM", false) != nil else {
                throw AppError.invalid("TENANTRY_MAIL_FROM", "expected a sender such as Example <noreply@example.com>; it is not set")
            }
        case let other: throw AppError.invalid("TENANTRY_MAIL", "expected file or smtp; got \(other)")
        }
        if let from = value("MAIL_FROM", false) { settings.mailFrom = from }
        for text in list("PROVIDER_URLS") {
            let parts = text.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { throw AppError.invalid("TENANTRY_PROVIDER_URLS", "expected pairs such as gdelt=https://…; got \(text)") }
            let address = try WebAddress(String(parts[1]), field: "TENANTRY_PROVIDER_URLS")
            guard address.target == "/" else { throw AppError.invalid("TENANTRY_PROVIDER_URLS", "expected URLs without a path; got \(text)") }
            settings.providers[String(parts[0])] = address.origin
        }
        try settings.readBilling(value)
        return settings
    }

    private mutating func readBilling(_ value: (_ name: String, _ isSecret: Bool) -> String?) throws(AppError) {
        if let url = value("BILLING_RETURN_URL", false) {
            _ = try WebAddress(url, field: "TENANTRY_BILLING_RETURN_URL")
            billingReturnURL = url
        }
        let key = value("STRIPE_KEY", true)
        switch value("BILLING", false) ?? (key == nil ? "request" : "stripe") {
        case "stripe":
            guard let key, !key.isEmpty, key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw AppError.invalid("TENANTRY_STRIPE_KEY", "expected a key such as sk_live_…")
            }
            // Without it nobody would hear of a payment.
            let secrets = (value("STRIPE_WEBHOOK_SECRET", true) ?? "").split(separator: ",").map(String.init)
            guard (1...2).contains(secrets.count), secrets.allSatisfy({ $0.utf8.count >= 16 }) else {
                throw AppError.invalid(
                    "TENANTRY_STRIPE_WEBHOOK_SECRET", "expected the endpoint's secret such as whsec_…, or two with a comma between")
            }
            let url = value("STRIPE_URL", false) ?? "https://api.stripe.com"
            let address = try WebAddress(url, field: "TENANTRY_STRIPE_URL")
            guard address.target == "/" else { throw AppError.invalid("TENANTRY_STRIPE_URL", "expected a URL without a path") }
            stripe = StripeSettings(url: url, key: key, webhookSecrets: secrets)
        case let rule where rule == "request" || rule == "trust":
            guard key == nil else {
                throw AppError.invalid("TENANTRY_BILLING", "expected stripe, or nothing, where TENANTRY_STRIPE_KEY is set; got \(rule)")
            }
            billing = rule
        case let other: throw AppError.invalid("TENANTRY_BILLING", "expected stripe, request or trust; got \(other)")
        }
    }
}
