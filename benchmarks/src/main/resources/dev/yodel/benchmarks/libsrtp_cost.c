/*
 * What libsrtp takes to protect and unprotect one RTP packet in place. Arguments: profile (cm, gcm128 or gcm256),
 * bytes of payload, packets in a block. For each line on its input it runs a block and writes the nanoseconds of CPU for
 * one packet. SrtpCpuTime compiles and drives it: cc -O2 libsrtp_cost.c -lsrtp2
 */
#include <srtp2/srtp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t cpu_nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static srtp_t session(const char *profile, unsigned char *key, srtp_ssrc_type_t direction) {
    srtp_policy_t policy;
    memset(&policy, 0, sizeof policy);
    if (strcmp(profile, "gcm128") == 0) {
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
    } else if (strcmp(profile, "gcm256") == 0) {
        srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtp);
        srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtcp);
    } else {
        srtp_crypto_policy_set_rtp_default(&policy.rtp);
        srtp_crypto_policy_set_rtcp_default(&policy.rtcp);
    }
    policy.ssrc.type = direction;
    policy.key = key;
    policy.window_size = 1024;
    srtp_t created;
    if (srtp_create(&created, &policy) != srtp_err_status_ok) {
        fprintf(stderr, "this libsrtp does not know %s\n", profile);
        exit(1);
    }
    return created;
}

int main(int count, char **arguments) {
    if (count != 4 || srtp_init() != srtp_err_status_ok) {
        return 2;
    }
    int payload = atoi(arguments[2]);
    int block = atoi(arguments[3]);
    unsigned char key[64];
    for (int i = 0; i < 64; i++) {
        key[i] = (unsigned char)i;
    }
    srtp_t sender = session(arguments[1], key, ssrc_any_outbound);
    srtp_t receiver = session(arguments[1], key, ssrc_any_inbound);
    unsigned char *packet = calloc(1, 12 + payload + SRTP_MAX_TRAILER_LEN + 16);
    packet[0] = 0x80;
    packet[1] = 111;
    packet[8] = 0x12;
    packet[9] = 0x34;
    packet[10] = 0x56;
    packet[11] = 0x78;
    uint16_t sequence = 0;
    char line[16];
    while (fgets(line, sizeof line, stdin) != NULL) {
        int64_t start = cpu_nanos();
        for (int i = 0; i < block; i++) {
            sequence++;
            packet[2] = sequence >> 8;
            packet[3] = sequence & 0xff;
            int length = 12 + payload;
            if (srtp_protect(sender, packet, &length) != srtp_err_status_ok
                    || srtp_unprotect(receiver, packet, &length) != srtp_err_status_ok || length != 12 + payload) {
                fprintf(stderr, "libsrtp refused packet %d\n", i);
                return 1;
            }
        }
        printf("%lld\n", (long long)((cpu_nanos() - start) / block));
        fflush(stdout);
    }
    return 0;
}
