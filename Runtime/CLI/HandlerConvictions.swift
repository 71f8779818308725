import ArgumentParser
import Host
import Kernel

extension HandlerCommand {
    struct Convictions: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the calls that ended their process alone and were refused for it, the newest first, with how it ended.")
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Outcome.of {
                let convictions = Array(try ConvictionStore(home: try Settings().home).all().reversed())
                try output.show(convictions, lines: Output.table(convictions.map(Self.row)))
            }
        }

        private static func row(_ conviction: Conviction) -> [String] {
            let memory = conviction.memory.map { "\($0 >> 20) MB" } ?? ""
            return [
                "\(conviction.at)", conviction.handler, conviction.route, conviction.tenant.map { "\($0)" } ?? "no tenant",
                conviction.killedFor.map { "\(conviction.ended), \($0)" } ?? conviction.ended, memory, "request \(conviction.requestID)",
            ]
        }
    }
}
