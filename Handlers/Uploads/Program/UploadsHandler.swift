import HandlerKit

/// Takes files of business users, reads them and stores their numbers.
@main struct UploadsHandler: Handler {
    init(environment: HandlerEnvironment) {}

    @RoutesBuilder var routes: [Route] {
        UploadRoute.routes
        FileEvents.routes
        FileRoutes.routes
        ReadingRoutes.routes
        ImportRoutes.routes
        WorkRoutes.routes
        ResumableRoutes().routes
        KeepingRoutes.route
    }

    var feeds: [Feed] { [FileEvents.feed] }

    static var commands: [ProgramCommand] { [InspectCommand.command] }

    static var statements: [Statement] {
        UploadsSQL.all + FilesSQL.all + EventsSQL.all + ImportsSQL.all + ImportValuesSQL.all + ResumableSQL.all
    }
}
