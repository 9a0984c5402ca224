/* Prints sizes, offsets and numbers as the C compiler sees them; the tests compare them with the managed layer's. */
#include <stdio.h>
#include "nccl_abi.h"
#define OFFSET(member) printf("offset %s %zu\n", #member, offsetof(ncclConfig_t, member))
#define NUMBER(name) printf("number %s %d\n", #name, (int)name)
int main(void) {
    printf("size ncclConfig_t %zu\nsize ncclUniqueId %zu\nsize ncclResult_t %zu\n", sizeof(ncclConfig_t), sizeof(ncclUniqueId), sizeof(ncclResult_t));
    OFFSET(size); OFFSET(magic); OFFSET(version); OFFSET(blocking); OFFSET(cgaClusterSize); OFFSET(minCTAs); OFFSET(maxCTAs);
    OFFSET(netName); OFFSET(splitShare); OFFSET(trafficClass); OFFSET(commName); OFFSET(collnetEnable); OFFSET(CTAPolicy);
    OFFSET(shrinkShare); OFFSET(nvlsCTAs);
    NUMBER(ncclSum); NUMBER(ncclMax); NUMBER(ncclMin);
    NUMBER(ncclUint8); NUMBER(ncclInt64); NUMBER(ncclFloat32); NUMBER(ncclBfloat16);
    NUMBER(ncclSuccess); NUMBER(ncclRemoteError); NUMBER(ncclInvalidUsage); NUMBER(ncclInProgress);
    return 0;
}
