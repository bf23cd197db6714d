package dev.yodel.ice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CandidateTest {
    @Test
    void chromiumsCandidateIsReadAndWritten() throws Exception {
        Candidate candidate = Candidate.parse("a=candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx "
                + "raddr 0.0.0.0 rport 0 generation 0 ufrag Ab+/ network-id 1 network-cost 999");
        assertThat(candidate.foundation()).isEqualTo("842163049");
        assertThat(candidate.type()).isEqualTo(CandidateType.SRFLX);
        assertThat(candidate.priority()).isEqualTo(1677729535L);
        assertThat(candidate.relatedAddress()).isEqualTo("0.0.0.0");
        assertThat(candidate.ufrag()).isEqualTo("Ab+/");
        assertThat(candidate.extensions()).containsExactly("generation", "0", "network-id", "1", "network-cost", "999");
        assertThat(Candidate.parse(candidate.toSdp())).isEqualTo(candidate);
    }

    @Test
    void capitalUdpAndTcpTypeAreRead() throws Exception {
        assertThat(Candidate.parse("1 1 UDP 2122252543 10.0.0.1 5000 typ host").protocol())
                .isEqualTo(TransportProtocol.UDP);
        Candidate tcp = Candidate.parse("candidate:1 2 TCP 1 10.0.0.1 9 typ host tcptype active");
        assertThat(tcp.tcpType()).isEqualTo(TcpType.ACTIVE);
        assertThat(tcp.component()).isEqualTo(2);
    }

    @Test
    void namesAreNotResolved() throws Exception {
        Candidate candidate =
                Candidate.parse("candidate:1 1 udp 1 4fb2c1d0-0000-4000-8000-1234567890ab.local 9 typ host");
        assertThat(candidate.isMdns()).isTrue();
        assertThat(candidate.socketAddress()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "candidate:",
                "candidate:1 1 udp 1 10.0.0.1 5000",
                "candidate:1 0 udp 1 10.0.0.1 5000 typ host",
                "candidate:1 257 udp 1 10.0.0.1 5000 typ host",
                "candidate:1 1 sctp 1 10.0.0.1 5000 typ host",
                "candidate:1 1 udp 4294967296 10.0.0.1 5000 typ host",
                "candidate:1 1 udp -1 10.0.0.1 5000 typ host",
                "candidate:1 1 udp 1 10.0.0.1 65536 typ host",
                "candidate:1 1 udp 1 10.0.0.1 5000 typ alien",
                "candidate:1 1 udp 1 10.0.0.1 5000 type host",
                "candidate:1 1 udp 1 10.0.0.1 5000 typ host generation",
                "candidate:1 1 udp 1 10.0.0.1 5000 typ host\r\na=x y z",
                "candidate:123456789012345678901234567890123 1 udp 1 10.0.0.1 5000 typ host",
            })
    void badCandidatesAreRefused(String line) {
        assertThatThrownBy(() -> Candidate.parse(line)).isInstanceOf(CandidateParseException.class);
    }
}
