#include <malloc.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>

// Variadic, so Swift cannot call it. Names the calling thread; at most 15 bytes.
static inline int thread_set_name(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }

// The calling process is killed when the thread that started it ends.
static inline int process_end_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); }

// Nobody of the same user may look into the calling process, and no core dump shows its memory.
static inline int process_hide(void) {
    struct rlimit none = {0, 0};
    return setrlimit(RLIMIT_CORE, &none) | prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

// Neither the calling process nor what it starts gains rights by an exec.
static inline int process_gain_nothing(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

// How the calling process keeps memory: few arenas, large blocks straight from the system, the end of the heap given back early. Before any thread starts.
static inline int memory_configure(int arenas, int large, int trim) {
    return mallopt(M_ARENA_MAX, arenas) & mallopt(M_MMAP_THRESHOLD, large) & mallopt(M_TRIM_THRESHOLD, trim);
}

// Bytes that were freed and that the allocator keeps, and giving them back to the system.
static inline size_t memory_idle(void) { return mallinfo2().fordblks; }
static inline int memory_give_back(void) { return malloc_trim(0); }
