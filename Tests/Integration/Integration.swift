import Testing

/// The root of everything that needs a real Postgres.
@Suite enum Integration {}
