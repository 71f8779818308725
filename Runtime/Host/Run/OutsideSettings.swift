public import Addresses
import Kernel

/// How this installation reaches others and is reached by browsers.
public struct OutsideSettings: Sendable {
    /// Where the app's pages are; links in mails lead there. Nil: the gateway's own address.
    public var appURL: String?
    /// The gateway as browsers see it. Nil: the gateway's own address.
    public var publicURL: String?
    /// Where a sign-in through a provider may lead. Empty: pages of the app's URL alone.
    public var redirects: [String] = []
    /// What handlers may reach for their users.
    public var outbound = OutboundRules()
    /// Where mail is handed over; nil: it is written to files in `mail` of the installation's home.
    public var mailServer: MailServer?
    /// The sender of mail.
    public var mailFrom = "Tenantry <noreply@localhost>"
    /// Stripe, where it takes the payments; nil: they are taken by hand.
    public var stripe: StripeSettings?
    /// Where browsers come back to from a payment. Nil: the app's URL.
    public var billingReturnURL: String?
    /// How changes that must be paid are taken by hand: `request` or `trust`.
    public var billing = "request"

    /// Where providers of public data are, by their names, in place of their own addresses.
    public var providers: [String: String] = [:]

    public init() {}

    /// What a handler is told, as JSON. `address` is the gateway's own.
    func mail(_ address: String) throws(AppError) -> [UInt8] {
        try JSON.encode(MailSettings(server: mailServer, from: mailFrom, appURL: appURL ?? address, authorities: outbound.authorities))
    }

    func federation(_ address: String) throws(AppError) -> [UInt8] {
        let app = appURL ?? address
        return try JSON.encode(
            FederationSettings(
                outbound: outbound, publicURL: publicURL ?? address, redirects: redirects.isEmpty ? ["\(app)/"] : redirects))
    }

    func billing(_ address: String) throws(AppError) -> [UInt8] {
        try JSON.encode(
            BillingSettings(
                stripe: stripe, outbound: outbound, returnURL: billingReturnURL ?? "\(appURL ?? address)/", manual: billing))
    }

    func sources(_ address: String) throws(AppError) -> [UInt8] {
        try JSON.encode(SourceSettings(outbound: outbound, providers: providers, publicURL: publicURL ?? address))
    }

    /// Ports that handlers with egress connect to.
    var ports: EgressPorts {
        // Through a proxy nothing else of the web is connected to.
        let proxy = outbound.proxy.flatMap { try? OutboundRules.proxy($0) }
        return EgressPorts(web: proxy.map { [$0.port] } ?? outbound.ports, mail: mailServer?.port)
    }
}

/// Ports behind the words of a manifest's `egress`: `smtp` for mail, `postgres` for databases of tenants, any host's name or `web` for the web.
struct EgressPorts: Sendable, Equatable {
    var web = OutboundRules().ports
    var mail: Int?

    /// Those of a manifest; names are looked up by TCP, too.
    func ports(_ egress: [String]) -> [Int] {
        guard !egress.isEmpty else { return [] }
        var ports = egress.contains { !["smtp", "postgres"].contains($0) } ? web : []
        if egress.contains("postgres") { ports.append(5432) }
        if egress.contains("smtp"), let mail, !ports.contains(mail) { ports.append(mail) }
        return ports + [53]
    }
}

extension HostSettings {
    /// The gateway as this machine sees it.
    var ownAddress: String {
        let name = ["0.0.0.0", "::"].contains(host) ? "localhost" : host.contains(":") ? "[\(host)]" : host
        return "\(tls == nil ? "http" : "https")://\(name):\(port)"
    }
}
