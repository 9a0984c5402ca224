/* Stands in for libnccl.so.2 where there is no GPU: the same functions and structures, with ranks (threads or processes) that
 * meet in shared memory. It behaves as NCCL does where that matters to a caller: calls of a non-blocking communicator answer
 * "in progress" and refuse to be called again before they were asked for their state, a dead peer is not noticed, and only
 * abort (or revoke) frees a stream that waits for one. It proves call paths, not speed and not NCCL. */
#define _GNU_SOURCE
#include "standin.h"
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MAX_RANKS = 16, SLOT = 64 * 1024, NAME = 120 };

struct meeting {
    atomic_int joined, arrived, round;
    atomic_int grown;
    char grow_name[NAME];
    char slots[MAX_RANKS][SLOT];
};

struct ncclComm {
    char name[NAME];
    int rank, world, device;
    struct meeting* meeting;
    atomic_int state, questions, stopped, references;
    int shrinks, grows;
    const char* last_error;
    struct ncclComm* parent;
};

static atomic_int live_comms, injected;
static __thread int group_depth;
static __thread struct ncclComm* group_comm;

static void release(struct ncclComm* c) {
    if (--c->references) return;
    if (c->meeting) munmap(c->meeting, sizeof *c->meeting);
    if (c->parent) release(c->parent);
    free(c);
}

static int ended(struct ncclComm* c) { return c->stopped; }

static int meet(struct ncclComm* c) {
    struct meeting* m = c->meeting;
    int round = m->round;
    if (++m->arrived == c->world) {
        m->arrived = 0;
        m->round++;
        return 1;
    }
    while (m->round == round) {
        if (ended(c)) return 0;
        usleep(20);
    }
    return 1;
}

static void* join(void* argument) {
    struct ncclComm* c = argument;
    if (!c->name[0]) {
        /* grown from a parent: the one that made the id has left it there */
        while (c->parent->meeting->grown < c->parent->grows && !ended(c)) usleep(100);
        strcpy(c->name, c->parent->meeting->grow_name);
    }
    int f = shm_open(c->name, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (f < 0 || ftruncate(f, sizeof(struct meeting))) { c->state = ncclSystemError; release(c); return NULL; }
    c->meeting = mmap(NULL, sizeof(struct meeting), PROT_READ | PROT_WRITE, MAP_SHARED, f, 0);
    close(f);
    c->meeting->joined++;
    while (c->meeting->joined < c->world && !ended(c)) usleep(100);
    shm_unlink(c->name);
    c->state = ended(c) ? ncclInternalError : ncclSuccess;
    release(c);
    return NULL;
}

/* a library takes what it knows of the caller's structure */
static int acceptable(const ncclConfig_t* config) {
    if (!config || config->size < 72 || config->magic != 0xcafebeefu || config->version != 22700 || config->blocking != 0) return 0;
    ncclConfig_t own;
    memset(&own, 0, sizeof own);
    memcpy(&own, config, config->size < sizeof own ? config->size : sizeof own);
    return own.cgaClusterSize == INT_MIN && own.minCTAs == INT_MIN && own.maxCTAs == INT_MIN && !own.netName && own.splitShare == INT_MIN
        && own.trafficClass == INT_MIN && !own.commName && own.collnetEnable == INT_MIN && own.CTAPolicy == INT_MIN
        && own.shrinkShare == INT_MIN && own.nvlsCTAs == INT_MIN;
}

static ncclResult_t begin(ncclComm_t* comm, const char* name, int world, int rank, ncclConfig_t* config, struct ncclComm* parent) {
    *comm = NULL;
    if (!acceptable(config) || world < 1 || world > MAX_RANKS || rank < 0 || rank >= world) return ncclInvalidArgument;
    struct ncclComm* c = calloc(1, sizeof *c);
    if (name) snprintf(c->name, NAME, "%.119s", name);
    c->rank = rank;
    c->world = world;
    c->device = standin_device();
    c->state = ncclInProgress;
    c->references = 2;
    c->parent = parent;
    if (parent) parent->references++;
    live_comms++;
    *comm = c;
    pthread_t t;
    pthread_create(&t, NULL, join, c);
    pthread_detach(t);
    return ncclInProgress;
}

#ifdef STANDIN_NEW
ncclResult_t ncclGetVersion(int* version) { *version = 23007; return ncclSuccess; }
#else
ncclResult_t ncclGetVersion(int* version) { *version = 22605; return ncclSuccess; }
#endif

ncclResult_t ncclGetUniqueId(ncclUniqueId* id) {
    static atomic_int counter;
    memset(id, 0x7e, sizeof *id);
    snprintf(id->internal, NAME, "/nccl-standin-%d-%d", getpid(), counter++);
    return ncclSuccess;
}

const char* ncclGetErrorString(ncclResult_t result) {
    static const char* const text[] = {"no error", "unhandled cuda error", "unhandled system error", "internal error", "invalid argument",
                                       "invalid usage", "remote process exited or there was a network error", "in progress"};
    return text[result];
}

const char* ncclGetLastError(ncclComm_t comm) { return comm && comm->last_error ? comm->last_error : ""; }

ncclResult_t ncclCommInitRankConfig(ncclComm_t* comm, int nranks, ncclUniqueId id, int rank, ncclConfig_t* config) {
    /* the bytes behind the name are there only if the whole id came by value */
    if (id.internal[127] != 0x7e) return ncclInvalidArgument;
    return begin(comm, id.internal, nranks, rank, config, NULL);
}

ncclResult_t ncclCommGetAsyncError(ncclComm_t c, ncclResult_t* state) {
    if (injected && c->state == ncclSuccess) { *state = injected; return ncclSuccess; }
    *state = c->state;
    if (c->state == ncclSuccess && c->questions > 0) {
        c->questions--;
        *state = ncclInProgress;
    }
    return ncclSuccess;
}

static ncclResult_t busy(struct ncclComm* c) {
    if (c->state == ncclInProgress || c->questions > 0) {
        c->last_error = "called again before the communicator was asked for its state";
        return ncclInvalidUsage;
    }
    if (c->device != standin_device()) {
        c->last_error = "called on another device";
        return ncclInvalidUsage;
    }
    return c->state;
}

ncclResult_t ncclCommFinalize(ncclComm_t c) {
    ncclResult_t result = busy(c);
    if (result != ncclSuccess) return result;
    c->questions = 2;
    return ncclInProgress;
}

ncclResult_t ncclCommDestroy(ncclComm_t c) { live_comms--; release(c); return ncclSuccess; }
ncclResult_t ncclCommAbort(ncclComm_t c) { c->stopped = 1; live_comms--; release(c); return ncclSuccess; }

/* ---- operations ---- */

enum kind { ALL_REDUCE, REDUCE, REDUCE_SCATTER, ALL_GATHER, BROADCAST };

struct operation { enum kind kind; const char* send; char* recv; size_t count; ncclDataType_t type; ncclRedOp_t op; int root; struct ncclComm* comm; };

static size_t size_of(ncclDataType_t type) { return type == ncclFloat32 ? 4 : type == ncclBfloat16 ? 2 : type == ncclInt64 ? 8 : 1; }

static float wide(unsigned short v) { unsigned int b = (unsigned int)v << 16; float f; memcpy(&f, &b, 4); return f; }
static unsigned short narrow(float f) { unsigned int b; memcpy(&b, &f, 4); return (unsigned short)((b + 0x7fff + ((b >> 16) & 1)) >> 16); }

#define PICK(a, b) (op == ncclSum ? (a) + (b) : op == ncclMax ? ((a) > (b) ? (a) : (b)) : ((a) < (b) ? (a) : (b)))

static void combine(char* into, const char* other, size_t bytes, ncclDataType_t type, ncclRedOp_t op) {
    size_t n = bytes / size_of(type);
    for (size_t i = 0; i < n; i++) {
        if (type == ncclFloat32) ((float*)into)[i] = PICK(((float*)into)[i], ((const float*)other)[i]);
        else if (type == ncclBfloat16) { float a = wide(((unsigned short*)into)[i]), b = wide(((const unsigned short*)other)[i]); ((unsigned short*)into)[i] = narrow(PICK(a, b)); }
        else if (type == ncclInt64) ((long long*)into)[i] = PICK(((long long*)into)[i], ((const long long*)other)[i]);
        else into[i] = (char)PICK((unsigned char)into[i], (unsigned char)other[i]);
    }
}

/* every rank shows a piece of its own, all meet, every rank takes what it needs, all meet again */
static int piece(struct operation* o, const char* mine, size_t bytes, char* result, size_t stride) {
    struct ncclComm* c = o->comm;
    if (mine) memcpy(c->meeting->slots[c->rank], mine, bytes);
    if (!meet(c)) return 0;
    if (o->kind == ALL_GATHER) for (int r = 0; r < c->world; r++) memcpy(result + r * stride, c->meeting->slots[r], bytes);
    else if (o->kind == BROADCAST) memcpy(result, c->meeting->slots[o->root], bytes);
    else if (result) {
        static __thread char sum[SLOT];
        memcpy(sum, c->meeting->slots[0], bytes);
        for (int r = 1; r < c->world; r++) combine(sum, c->meeting->slots[r], bytes, o->type, o->op);
        memcpy(result, sum, bytes);
    }
    return meet(c);
}

static void run(void* argument) {
    struct operation* o = argument;
    struct ncclComm* c = o->comm;
    size_t bytes = o->count * size_of(o->type), going = 1;
    int parts = o->kind == REDUCE_SCATTER ? c->world : 1;
    for (int part = 0; part < parts && going; part++) {
        for (size_t at = 0; at < bytes && going; at += SLOT) {
            size_t n = bytes - at < SLOT ? bytes - at : SLOT;
            int wanted = o->kind == REDUCE ? c->rank == o->root : o->kind == REDUCE_SCATTER ? c->rank == part : 1;
            /* who is not the root may give nothing */
            const char* mine = o->kind == BROADCAST && c->rank != o->root ? NULL : o->send + part * bytes + at;
            going = piece(o, mine, n, wanted ? o->recv + at : NULL, bytes);
        }
    }
    release(c);
    free(o);
}

static ncclResult_t start(enum kind kind, const void* send, void* recv, size_t count, ncclDataType_t type, ncclRedOp_t op, int root, struct ncclComm* c, cudaStream_t stream) {
    if (!stream || root < 0 || root >= c->world) return ncclInvalidArgument;
    if (!group_depth || group_comm != c) {
        ncclResult_t result = busy(c);
        if (result != ncclSuccess) return result;
    }
    struct operation* o = malloc(sizeof *o);
    *o = (struct operation){kind, send, recv, count, type, op, root, c};
    c->references++;
    standin_enqueue(stream, run, o);
    if (group_depth) { group_comm = c; return ncclSuccess; }
    c->questions = 2;
    return ncclInProgress;
}

ncclResult_t ncclAllReduce(const void* s, void* r, size_t n, ncclDataType_t t, ncclRedOp_t op, ncclComm_t c, cudaStream_t x) { return start(ALL_REDUCE, s, r, n, t, op, 0, c, x); }
ncclResult_t ncclReduce(const void* s, void* r, size_t n, ncclDataType_t t, ncclRedOp_t op, int root, ncclComm_t c, cudaStream_t x) { return start(REDUCE, s, r, n, t, op, root, c, x); }
ncclResult_t ncclReduceScatter(const void* s, void* r, size_t n, ncclDataType_t t, ncclRedOp_t op, ncclComm_t c, cudaStream_t x) { return start(REDUCE_SCATTER, s, r, n, t, op, 0, c, x); }
ncclResult_t ncclAllGather(const void* s, void* r, size_t n, ncclDataType_t t, ncclComm_t c, cudaStream_t x) { return start(ALL_GATHER, s, r, n, t, ncclSum, 0, c, x); }
ncclResult_t ncclBroadcast(const void* s, void* r, size_t n, ncclDataType_t t, int root, ncclComm_t c, cudaStream_t x) { return start(BROADCAST, s, r, n, t, ncclSum, root, c, x); }
ncclResult_t ncclGroupStart(void) { group_depth++; return ncclSuccess; }

ncclResult_t ncclGroupEnd(void) {
    if (!group_depth) return ncclInvalidUsage;
    struct ncclComm* c = group_comm;
    if (--group_depth || !c) return ncclSuccess;
    group_comm = NULL;
    c->questions = 2;
    return ncclInProgress;
}

#ifdef STANDIN_NEW
ncclResult_t ncclCommRevoke(ncclComm_t c, int flags) {
    if (flags) return ncclInvalidArgument;
    c->stopped = 1;
    c->questions = 2;
    return ncclInProgress;
}

ncclResult_t ncclCommShrink(ncclComm_t c, int* excluded, int count, ncclComm_t* newcomm, ncclConfig_t* config, int flags) {
    *newcomm = NULL;
    if (flags != 1) return ncclInvalidArgument;
    c->stopped = 1;
    int rank = c->rank;
    char name[NAME];
    snprintf(name, NAME, "%.90s-s%d", c->name, ++c->shrinks);
    for (int i = 0; i < count; i++) {
        if (excluded[i] == c->rank) return ncclInvalidArgument;
        if (excluded[i] < c->rank) rank--;
    }
    return begin(newcomm, name, c->world - count, rank, config, NULL);
}

ncclResult_t ncclCommGetUniqueId(ncclComm_t c, ncclUniqueId* id) {
    ncclResult_t result = busy(c);
    if (result != ncclSuccess) return result;
    ncclGetUniqueId(id);
    strcpy(c->meeting->grow_name, id->internal);
    c->meeting->grown++;
    return ncclSuccess;
}

ncclResult_t ncclCommGrow(ncclComm_t c, int nranks, const ncclUniqueId* id, int rank, ncclComm_t* newcomm, ncclConfig_t* config) {
    *newcomm = NULL;
    if (c) {
        c->grows++;
        return rank == -1 && nranks > c->world ? begin(newcomm, id ? id->internal : NULL, nranks, c->rank, config, c) : ncclInvalidArgument;
    }
    return id && id->internal[127] == 0x7e ? begin(newcomm, id->internal, nranks, rank, config, NULL) : ncclInvalidArgument;
}
#endif

/* ---- for tests only ---- */

/* from now on every communicator reports this; 0 ends it */
void standin_inject(int result) { injected = result; }
int standin_live_comms(void) { return live_comms; }
