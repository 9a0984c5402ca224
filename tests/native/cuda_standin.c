/* Streams and events of the CUDA runtime on threads: what is enqueued on a stream runs in order on the stream's own thread,
 * and different streams only wait for each other through events. An edge that a caller forgets shows as a wrong result. */
#define _GNU_SOURCE
#include "standin.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DEVICES = 8 };

struct task { void (*run)(void*); void* argument; struct task* next; };

struct CUstream_st {
    pthread_t thread;
    pthread_mutex_t gate;
    pthread_cond_t change;
    struct task *first, *last;
    int busy, ending;
};

struct CUevent_st {
    pthread_mutex_t gate;
    pthread_cond_t change;
    unsigned long recorded, happened;
    int timed;
    struct timespec moment;
    atomic_int references;
};

struct mark { struct CUevent_st* event; unsigned long number; };

static atomic_int live_streams, live_events;
static struct CUstream_st* compute[DEVICES];
static pthread_mutex_t compute_gate = PTHREAD_MUTEX_INITIALIZER;
static __thread int device;
/* stream 0 is then the calling thread itself, as it is for a caller that computes on the CPU */
static int host_computes;

static void* work(void* argument) {
    struct CUstream_st* s = argument;
    pthread_mutex_lock(&s->gate);
    for (;;) {
        while (!s->first && !s->ending) pthread_cond_wait(&s->change, &s->gate);
        struct task* t = s->first;
        if (!t) break;
        s->first = t->next;
        if (!s->first) s->last = NULL;
        s->busy = 1;
        pthread_mutex_unlock(&s->gate);
        t->run(t->argument);
        free(t);
        pthread_mutex_lock(&s->gate);
        s->busy = 0;
        pthread_cond_broadcast(&s->change);
    }
    pthread_mutex_unlock(&s->gate);
    return NULL;
}

static struct CUstream_st* new_stream(void) {
    struct CUstream_st* s = calloc(1, sizeof *s);
    pthread_mutex_init(&s->gate, NULL);
    pthread_cond_init(&s->change, NULL);
    pthread_create(&s->thread, NULL, work, s);
    return s;
}

/* stream 0 is each device's default stream */
static struct CUstream_st* real(cudaStream_t stream) {
    if (stream) return stream;
    pthread_mutex_lock(&compute_gate);
    if (!compute[device]) compute[device] = new_stream();
    pthread_mutex_unlock(&compute_gate);
    return compute[device];
}

void standin_enqueue(cudaStream_t stream, void (*run)(void*), void* argument) {
    struct CUstream_st* s = real(stream);
    struct task* t = malloc(sizeof *t);
    *t = (struct task){run, argument, NULL};
    pthread_mutex_lock(&s->gate);
    if (s->last) s->last->next = t; else s->first = t;
    s->last = t;
    pthread_cond_broadcast(&s->change);
    pthread_mutex_unlock(&s->gate);
}

cudaError_t cudaRuntimeGetVersion(int* version) { *version = 13000; return 0; }
cudaError_t cudaGetDeviceCount(int* count) { *count = DEVICES; return 0; }
cudaError_t cudaSetDevice(int d) { if (d < 0 || d >= DEVICES) return 101; device = d; return 0; }
int standin_device(void) { return device; }
cudaError_t cudaDeviceGetStreamPriorityRange(int* least, int* greatest) { *least = 0; *greatest = -5; return 0; }

cudaError_t cudaStreamCreateWithPriority(cudaStream_t* stream, unsigned int flags, int priority) {
    /* anything but non-blocking and the highest priority is a mistake of the caller */
    if (flags != 1 || priority != -5) return 1;
    *stream = new_stream();
    live_streams++;
    return 0;
}

static void drain(struct CUstream_st* s) {
    pthread_mutex_lock(&s->gate);
    while (s->first || s->busy) pthread_cond_wait(&s->change, &s->gate);
    pthread_mutex_unlock(&s->gate);
}

cudaError_t cudaStreamDestroy(cudaStream_t s) {
    pthread_mutex_lock(&s->gate);
    s->ending = 1;
    pthread_cond_broadcast(&s->change);
    pthread_mutex_unlock(&s->gate);
    pthread_join(s->thread, NULL);
    free(s);
    live_streams--;
    return 0;
}

static void release(struct CUevent_st* e) { if (--e->references == 0) free(e); }

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned int flags) {
    if (flags != 2 && flags != 0) return 1;
    struct CUevent_st* e = calloc(1, sizeof *e);
    e->timed = flags == 0;
    pthread_mutex_init(&e->gate, NULL);
    pthread_cond_init(&e->change, NULL);
    e->references = 1;
    *event = e;
    live_events++;
    return 0;
}

cudaError_t cudaEventDestroy(cudaEvent_t e) { live_events--; release(e); return 0; }

static struct mark* mark_of(struct CUevent_st* e, unsigned long number) {
    struct mark* m = malloc(sizeof *m);
    *m = (struct mark){e, number};
    e->references++;
    return m;
}

static void happen(void* argument) {
    struct mark* m = argument;
    pthread_mutex_lock(&m->event->gate);
    if (m->event->happened < m->number) m->event->happened = m->number;
    clock_gettime(CLOCK_MONOTONIC, &m->event->moment);
    pthread_cond_broadcast(&m->event->change);
    pthread_mutex_unlock(&m->event->gate);
    release(m->event);
    free(m);
}

static void await(void* argument) {
    struct mark* m = argument;
    pthread_mutex_lock(&m->event->gate);
    while (m->event->happened < m->number) pthread_cond_wait(&m->event->change, &m->event->gate);
    pthread_mutex_unlock(&m->event->gate);
    release(m->event);
    free(m);
}

cudaError_t cudaEventRecord(cudaEvent_t e, cudaStream_t stream) {
    pthread_mutex_lock(&e->gate);
    struct mark* m = mark_of(e, ++e->recorded);
    pthread_mutex_unlock(&e->gate);
    if (!stream && host_computes) happen(m);
    else standin_enqueue(stream, happen, m);
    return 0;
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t e, unsigned int flags) {
    if (flags != 0) return 1;
    pthread_mutex_lock(&e->gate);
    struct mark* m = mark_of(e, e->recorded);
    pthread_mutex_unlock(&e->gate);
    if (!stream && host_computes) await(m);
    else standin_enqueue(stream, await, m);
    return 0;
}

cudaError_t cudaEventQuery(cudaEvent_t e) {
    pthread_mutex_lock(&e->gate);
    int ready = e->happened >= e->recorded;
    pthread_mutex_unlock(&e->gate);
    return ready ? 0 : 600;
}

cudaError_t cudaEventSynchronize(cudaEvent_t e) {
    pthread_mutex_lock(&e->gate);
    while (e->happened < e->recorded) pthread_cond_wait(&e->change, &e->gate);
    pthread_mutex_unlock(&e->gate);
    return 0;
}

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t end) {
    if (!start->timed || !end->timed || !start->happened || !end->happened) return 400;
    *milliseconds = (end->moment.tv_sec - start->moment.tv_sec) * 1e3f + (end->moment.tv_nsec - start->moment.tv_nsec) * 1e-6f;
    return 0;
}

cudaError_t cudaMemGetInfo(size_t* free_bytes, size_t* total) { *total = (size_t)16 << 30; *free_bytes = *total - ((size_t)(device + 1) << 30); return 0; }

cudaError_t cudaDeviceGetPCIBusId(char* id, int length, int d) {
    if (d < 0 || d >= DEVICES) return 101;
    snprintf(id, length, "0000:%02x:00.0", d + 1);
    return 0;
}

const char* cudaGetErrorString(cudaError_t error) { return error == 101 ? "invalid device ordinal" : error == 1 ? "invalid argument" : "error"; }

/* ---- for tests only ---- */

struct fill { float* place; size_t count; float value; int milliseconds; };

static void fill(void* argument) {
    struct fill* f = argument;
    struct timespec t = {f->milliseconds / 1000, f->milliseconds % 1000 * 1000000L};
    nanosleep(&t, NULL);
    for (size_t i = 0; i < f->count; i++) f->place[i] = f->value;
    free(f);
}

/* a kernel on this device's compute stream that takes its time */
void standin_fill(float* place, size_t count, float value, int milliseconds) {
    struct fill* f = malloc(sizeof *f);
    *f = (struct fill){place, count, value, milliseconds};
    standin_enqueue(NULL, fill, f);
}

struct copy { void* to; const void* from; size_t bytes; };

static void copy(void* argument) {
    struct copy* c = argument;
    memcpy(c->to, c->from, c->bytes);
    free(c);
}

/* a kernel on the compute stream that reads */
void standin_copy(void* to, const void* from, size_t bytes) {
    struct copy* c = malloc(sizeof *c);
    *c = (struct copy){to, from, bytes};
    standin_enqueue(NULL, copy, c);
}

/* what item() does: the host waits for the compute stream */
void standin_synchronize(void) { drain(real(NULL)); }

void standin_host_computes(int on) { host_computes = on; }
int standin_live_streams(void) { return live_streams; }
int standin_live_events(void) { return live_events; }
