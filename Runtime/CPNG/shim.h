#include <png.h>

// The macro of the same name is a cast, which Swift does not import.
enum { TENANTRY_PNG_GRAY = PNG_FORMAT_GRAY };
