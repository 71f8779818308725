#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

// Variadic, so Swift cannot call it. Names the calling thread; at most 15 bytes.
static inline int thread_set_name(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }
