// Fetches as a source does, without the product around it.
//
//   fetch-probe cases FILE                    each URL of a file of cases (`id`, `url`, `expect`, `when`), as it would be saved and fetched; for the
//                                             network namespace of such cases alone
//   fetch-probe load URL COUNT [DEAD COUNT]   so many sources at once, on this machine; beside them others of a host that says nothing
import Kernel

let arguments = CommandLine.arguments
if arguments.count == 3, arguments[1] == "cases" {
    try await CaseRun(arguments[2]).run()
} else if arguments.count == 4 || arguments.count == 6, arguments[1] == "load", let count = Int(arguments[3]) {
    let dead = arguments.count == 6 ? Int(arguments[5]).map { (arguments[4], $0) } : nil
    try await LoadRun(url: arguments[2], count: count, dead: dead).run()
} else {
    throw AppError(.badRequest, "usage: fetch-probe cases FILE | fetch-probe load URL COUNT [DEAD COUNT]")
}
