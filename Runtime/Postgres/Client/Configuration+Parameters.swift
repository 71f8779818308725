extension PostgresClient.Configuration {
    /// What libpq is told besides the host: who, where, and the settings that make each session alike.
    var connectionParameters: [(String, String)] {
        // Every role may change its own defaults, so none is left to them. pg_temp last: else a temporary table would stand before every other.
        var options =
            "-c search_path=pg_catalog,pg_temp -c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=iso_8601 -c standard_conforming_strings=on"
            + " -c row_security=on -c default_transaction_read_only=off"
        if let own = parameters["options"] { options = "\(own) \(options)" }
        var result: [(String, String)] = [
            ("port", "\(port)"), ("user", user), ("dbname", database), ("application_name", applicationName), ("client_encoding", "UTF8"),
            ("options", options),
        ]
        let defaults = ["gssencmode": "disable", "tcp_user_timeout": "30000", "keepalives_idle": "30", "keepalives_interval": "10"]
        for (name, value) in defaults.merging(parameters, uniquingKeysWith: { $1 }) where name != "options" { result.append((name, value)) }
        if let password { result.append(("password", password)) }
        return result
    }
}
