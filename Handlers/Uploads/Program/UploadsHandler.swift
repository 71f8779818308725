import HandlerKit

/// Takes files of business users and stores their numbers.
@main struct UploadsHandler: Handler {
    init(environment: HandlerEnvironment) {}

    @RoutesBuilder var routes: [Route] {
        UploadRoute.route
        KeepingRoutes().routes
    }

    static var commands: [ProgramCommand] { [InspectCommand.command] }

    static var statements: [Statement] { UploadsSQL.all + KeepingSQL.all }
}
