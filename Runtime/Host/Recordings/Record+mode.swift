import Manifest
import Wire

extension Manifest.Record {
    /// As the wire says it.
    var mode: Recording {
        switch self {
        case .failures: .keepForFailure
        case .all: .keep
        case .off: .none
        }
    }
}
