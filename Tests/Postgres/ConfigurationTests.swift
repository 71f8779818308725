import Testing

@testable import Postgres

@Suite struct ConfigurationTests {
    typealias Configuration = PostgresClient.Configuration

    @Test("all parts of a URL, decoded")
    func whole() throws {
        let configuration = try Configuration(url: "postgres://us%20er:p%40ss%2F@db.example:6543/na%2Fme?sslmode=require&application_name=x")
        #expect(configuration.user == "us er" && configuration.password == "p@ss/")
        #expect(configuration.host == "db.example" && configuration.port == 6543 && configuration.database == "na/me")
        #expect(configuration.parameters == ["sslmode": "require"] && configuration.applicationName == "x")
    }

    @Test("a socket's directory, an IPv6 address, and what is left out")
    func forms() throws {
        #expect(try Configuration(url: "postgres://u@/d?host=/run/pg&port=7").host == "/run/pg")
        let socket = try Configuration(url: "postgresql://u@localhost/d?host=/run/pg")
        #expect(socket.host == "/run/pg" && socket.port == 5432 && socket.password == nil)
        let six = try Configuration(url: "postgres://u@[::1]:9/")
        #expect(six.host == "::1" && six.port == 9 && six.database == "u")
    }

    @Test(
        "what is wrong is said, and the password is not",
        arguments: [
            "mysql://u:secret@h/d", "postgres://h/d", "postgres://u:secret@h:0/d", "postgres://u:secret@h:x/d", "postgres://u:sec%2ret%@h/d",
            "postgres://u:secret@a,b/d", "postgres://u:secret@h/d?sslmode", "postgres://u:secret@[::1/d", "postgres://u:secret%00@h/d",
        ])
    func refused(url: String) {
        let error = #expect(throws: PostgresError.self) { try Configuration(url: url) }
        #expect(error?.code == .configuration)
        #expect(!String(reflecting: error).contains("secret"))
    }

    @Test("a URL that names nobody is read for a role that is given beside it, and only then")
    func unnamed() throws {
        let configuration = try Configuration(url: "postgres:///d?host=/run/pg", user: "host")
        #expect(configuration.user == "host" && configuration.password == nil && configuration.database == "d")
        #expect(try Configuration(url: "postgres://u:p@h/d", user: "host").user == "u")
        #expect(throws: PostgresError.self) { try Configuration(url: "postgres:///d?host=/run/pg") }
    }

    @Test("neither description nor reflection shows the password")
    func redacted() throws {
        let configuration = try Configuration(url: "postgres://u:secret@h/d")
        #expect(!"\(configuration)".contains("secret") && !String(reflecting: configuration).contains("secret"))
    }

    @Test("each session is told its settings, the caller's own options first")
    func parameters() throws {
        var configuration = try Configuration(url: "postgres://u@h/d?options=-c%20work_mem%3D1MB&keepalives_idle=9")
        configuration.applicationName = "handler"
        let parameters = Dictionary(configuration.connectionParameters, uniquingKeysWith: { "\($0)|\($1)" })
        #expect(parameters["options"]?.hasPrefix("-c work_mem=1MB -c search_path=pg_catalog,pg_temp ") == true)
        #expect(parameters["keepalives_idle"] == "9" && parameters["application_name"] == "handler" && parameters["client_encoding"] == "UTF8")
    }

    @Test(
        "the SQLSTATE at the end of a refusal",
        arguments: [
            ("connection to server on socket \"/x/.s.PGSQL.5432\" failed: FATAL:  28P01", "28P01"),
            ("connection to server failed: Connection refused", nil), ("", nil), ("FATAL:  3D000", "3D000"), ("FATAL: abcde", nil),
        ] as [(String, String?)])
    func sqlState(message: String, expected: String?) {
        #expect(SQLStateSuffix.find(in: message) == expected)
    }
}
