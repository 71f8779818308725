import Glibc
import Jobs
import Kernel
import Testing

/// Time zones of this machine's tz database.
enum Zones {
    static let folder = "/usr/share/zoneinfo"
    static var areThere: Bool { access("\(folder)/Europe/Berlin", R_OK) == 0 }

    static func zone(_ name: String) throws -> TimeZone { try TimeZone(name: name, file: bytes(name)) }

    static func bytes(_ name: String) throws -> [UInt8] {
        guard let file = fopen("\(folder)/\(name)", "rb") else { throw AppError(.notFound, "\(name)") }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
        return bytes
    }

    static func time(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }
}

@Suite("time zones", .enabled(if: Zones.areThere)) struct ZoneTests {
    /// zone, instant, seconds east of UTC: what `zdump` and the places' laws say.
    static let known: [(String, String, Int)] = [
        ("Europe/Berlin", "2026-03-29T00:59:59Z", 3600), ("Europe/Berlin", "2026-03-29T01:00:00Z", 7200),
        ("Europe/Berlin", "2026-10-25T00:59:59Z", 7200), ("Europe/Berlin", "2026-10-25T01:00:00Z", 3600),
        ("Europe/Berlin", "1980-04-06T01:00:00Z", 7200), ("Europe/Berlin", "2345-07-01T00:00:00Z", 7200),
        ("America/Santiago", "2026-09-06T03:59:59Z", -4 * 3600), ("America/Santiago", "2026-09-06T04:00:00Z", -3 * 3600),
        ("America/Santiago", "2099-01-01T00:00:00Z", -3 * 3600), ("America/Santiago", "2099-06-01T00:00:00Z", -4 * 3600),
        ("Australia/Lord_Howe", "2026-01-01T00:00:00Z", 11 * 3600), ("Australia/Lord_Howe", "2026-06-01T00:00:00Z", 37_800),
        ("Asia/Kolkata", "2026-01-01T00:00:00Z", 19_800), ("UTC", "2026-01-01T00:00:00Z", 0),
        ("America/New_York", "2050-03-13T06:59:59Z", -5 * 3600), ("America/New_York", "2050-03-13T07:00:00Z", -4 * 3600),
    ]

    @Test("offsets before, at and long behind changes", arguments: known) func offsets(_ name: String, _ at: String, _ offset: Int) throws {
        #expect(try Zones.zone(name).offset(at: Zones.time(at)) == offset)
    }

    @Test("an hour that is left out has no instant and a gap; one that comes twice has two instants") func gaps() throws {
        let berlin = try Zones.zone("Europe/Berlin")
        let missing = try Zones.time("2026-03-29T02:30:00Z").seconds
        #expect(berlin.instants(local: missing).isEmpty)
        #expect(try berlin.gap(over: missing) == Zones.time("2026-03-29T01:00:00Z"))
        let doubled = try Zones.time("2026-10-25T02:30:00Z").seconds
        #expect(berlin.instants(local: doubled).map(\.description) == ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"])
        #expect(berlin.gap(over: doubled) == nil)
    }

    @Test("each wall clock time of a year comes back from its instant, in every zone")
    func roundTrip() throws {
        for name in [
            "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia", "America/St_Johns", "Asia/Tehran",
        ] {
            let zone = try Zones.zone(name)
            let start = try Zones.time("2026-01-01T00:07:00Z").seconds
            for step in 0..<366 * 8 {
                let instant = Timestamp(seconds: start + Int64(step) * 3 * 3600)
                #expect(zone.instants(local: zone.local(instant)).contains(instant), "\(name) \(instant)")
            }
        }
    }

    @Test("bytes that are no zone's are refused, wherever they are cut or changed") func broken() throws {
        let bytes = try Zones.bytes("Europe/Berlin")
        for count in 0..<bytes.count { #expect(throws: AppError.self) { try TimeZone(name: "x", file: Array(bytes[..<count])) } }
        for place in stride(from: 0, to: bytes.count, by: 3) {
            var changed = bytes
            changed[place] ^= 0xFF
            // Whatever it says, it neither crashes nor loops.
            if let zone = try? TimeZone(name: "x", file: changed) { _ = zone.offset(at: Timestamp(seconds: 1_800_000_000)) }
        }
    }

    @Test("names of zones cannot leave the folder", arguments: ["../etc/passwd", "/etc/passwd", "Europe//Berlin", "", "a/../b", "Europe/Berlin\0"])
    func names(_ name: String) {
        #expect(!TimeZone.isName(name))
        #expect(TimeZone.isName("America/Argentina/Buenos_Aires") && TimeZone.isName("Etc/GMT+5"))
    }
}
