import Kernel
import Testing
import Wire

@testable import HandlerKit

@Suite struct CalledRouteTests {
    private func route(_ text: String, _ parameters: KeyValuePairs<String, String> = [:], query: KeyValuePairs<String, String> = [:]) throws
        -> CalledRoute
    {
        try CalledRoute(text, parameters, query: query)
    }

    @Test("parameters and query are percent-encoded, so that no value changes the path") func encoding() throws {
        let called = try route("GET /things/{id}/parts/{part}", ["part": "a b", "id": "../x?y"], query: ["from": "1+1", "ä": "&"])
        #expect(called.method == "GET")
        #expect(called.path == "/things/..%2Fx%3Fy/parts/a%20b")
        #expect(called.query == "from=1%2B1&%C3%A4=%26")
        #expect(try route("POST /things").path == "/things")
    }

    @Test(
        "what does not fit together is refused, naming it",
        arguments: [
            ("/things", [:], "no method"), ("FETCH /things", [:], "no method"), ("GET things", [:], "no method"),
            ("GET /things/{id}", [:], "no value for {id}"), ("GET /things", ["id": "1"], "{id}"), ("GET /things/{id}", ["id": ".."], ".."),
            ("GET /things/{id}", ["id": ""], "value"),
        ] as [(String, [String: String], String)])
    func refused(_ text: String, _ parameters: [String: String], _ named: String) {
        let error = #expect(throws: AppError.self) { try CalledRoute(text, parameters, query: [String: String]()) }
        #expect(error?.code == .internalError)
        #expect(error?.detail?.contains(named) == true, "\(error?.detail ?? "")")
    }
}

@Suite struct CallMachineTests {
    @Test("calls are numbered from 1; past sixteen they wait, and leave in order") func order() throws {
        let machine = Held(CallMachine())
        let route = try CalledRoute("GET /x", [String: String](), query: [String: String]())
        for number in 1...16 {
            let begun = machine { $0.begin(route, []) }
            #expect(begun.call.number == UInt32(number))
            #expect(begun.leaves)
        }
        for _ in 17...19 { #expect(!machine { $0.begin(route, []).leaves }) }
        machine { $0.abandon(17) }
        #expect(try machine { (machine) throws(WireError) in try machine.answered(4) }?.number == 18)
        // Nobody waits for it any more, but the gateway still works on it: it keeps its place.
        machine { $0.abandon(5) }
        #expect(!machine { $0.begin(route, []).leaves })
        #expect(try machine { (machine) throws(WireError) in try machine.answered(5) }?.number == 19)
        #expect(throws: WireError.self) { try machine { (machine) throws(WireError) in try machine.answered(5) } }
        #expect(!machine { $0.isIdle })
    }
}
