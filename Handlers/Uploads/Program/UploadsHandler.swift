import HandlerKit

/// Takes files of business users and stores their numbers.
@main struct UploadsHandler: Handler {
    init(environment: HandlerEnvironment) {}

    var routes: [Route] { UploadRoute.route }

    static var statements: [Statement] { UploadsSQL.all }
}
