/*
 * What it takes to send one RTP packet to many subscribers with libsrtp and sendto: copy, number, time and source rewritten,
 * protected with the subscriber's keys, sent over loopback to a socket of its own, which whoever starts this reads. Arguments: profile
 * (cm or gcm128), bytes of payload, packets in a block, and a port for each subscriber. For each line on its input it runs a block and
 * writes the nanoseconds of CPU for one packet to one subscriber. FanOutCost compiles and drives it: cc -O2 fanout_cost.c -lsrtp2
 */
#include <arpa/inet.h>
#include <srtp2/srtp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEADER 24

static int64_t cpu_nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static srtp_t session(const char *profile, unsigned char *key) {
    srtp_policy_t policy;
    memset(&policy, 0, sizeof policy);
    if (strcmp(profile, "gcm128") == 0) {
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
    } else {
        srtp_crypto_policy_set_rtp_default(&policy.rtp);
        srtp_crypto_policy_set_rtcp_default(&policy.rtcp);
    }
    policy.ssrc.type = ssrc_any_outbound;
    policy.key = key;
    policy.window_size = 1024;
    srtp_t created;
    if (srtp_create(&created, &policy) != srtp_err_status_ok) {
        fprintf(stderr, "this libsrtp does not know %s\n", profile);
        exit(1);
    }
    return created;
}

static struct sockaddr_in loopback(int port) {
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((uint16_t)port);
    return address;
}

int main(int count, char **arguments) {
    if (count < 5 || srtp_init() != srtp_err_status_ok) {
        return 2;
    }
    int payload = atoi(arguments[2]);
    int block = atoi(arguments[3]);
    int subscribers = count - 4;
    unsigned char key[64];
    srtp_t *sessions = calloc(subscribers, sizeof(srtp_t));
    struct sockaddr_in *targets = calloc(subscribers, sizeof(struct sockaddr_in));
    for (int i = 0; i < subscribers; i++) {
        for (int k = 0; k < 64; k++) {
            key[k] = (unsigned char)(k * 7 + i);
        }
        sessions[i] = session(arguments[1], key);
        targets[i] = loopback(atoi(arguments[4 + i]));
    }
    struct sockaddr_in local = loopback(0);
    int out = socket(AF_INET, SOCK_DGRAM, 0);
    int bytes = 1 << 20;
    setsockopt(out, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    if (bind(out, (struct sockaddr *)&local, sizeof local) != 0) {
        perror("bind");
        return 1;
    }
    unsigned char *source = calloc(1, 2048);
    unsigned char *packet = calloc(1, 2048 + SRTP_MAX_TRAILER_LEN);
    // The same header as the forwarder's: an extension of two words (send time and MID) behind the fixed part.
    source[0] = 0x90;
    source[1] = 96;
    source[12] = 0xbe;
    source[13] = 0xde;
    source[15] = 2;
    source[16] = 0x22;
    source[20] = 0x10;
    source[21] = '0';
    uint32_t number = 0;
    char line[16];
    while (fgets(line, sizeof line, stdin) != NULL) {
        int64_t start = cpu_nanos();
        for (int n = 0; n < block; n++) {
            number++;
            for (int i = 0; i < subscribers; i++) {
                memcpy(packet, source, HEADER + payload);
                packet[2] = (unsigned char)(number >> 8);
                packet[3] = (unsigned char)number;
                uint32_t time = htonl(number * 3000);
                uint32_t ssrc = htonl(0x1000 + i);
                memcpy(packet + 4, &time, 4);
                memcpy(packet + 8, &ssrc, 4);
                int length = HEADER + payload;
                if (srtp_protect(sessions[i], packet, &length) != srtp_err_status_ok
                        || sendto(out, packet, length, 0, (struct sockaddr *)&targets[i], sizeof targets[i]) != length) {
                    perror("not sent");
                    return 1;
                }
            }
        }
        printf("%lld\n", (long long)((cpu_nanos() - start) / ((int64_t)block * subscribers)));
        fflush(stdout);
    }
    return 0;
}
