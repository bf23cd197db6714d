package dev.yodel.ice.stun;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class StunWriterTest {
    private static final TransactionId ID = new TransactionId(0x0123456789abcdefL, 0x01020304);

    @Test
    void whatIsWrittenIsReadAgain() throws Exception {
        MessageIntegrity key = MessageIntegrity.shortTerm("VOkJxbRl1RmTxUk/WvJxBt");
        InetSocketAddress ipv6 = new InetSocketAddress(InetAddress.getByName("2001:db8::7"), 4711);
        byte[] bytes = StunWriter.request(StunMessage.BINDING, ID)
                .text(StunAttribute.USERNAME, "abcd:efgh")
                .u32(StunAttribute.PRIORITY, 0xFFFFFFFFL)
                .i64(StunAttribute.ICE_CONTROLLING, -2)
                .flag(StunAttribute.USE_CANDIDATE)
                .xorAddress(StunAttribute.XOR_MAPPED_ADDRESS, ipv6)
                .integrity(key, MessageIntegrity.Algorithm.SHA1)
                .integrity(key, MessageIntegrity.Algorithm.SHA256)
                .fingerprint()
                .toByteArray();
        StunMessage message = StunMessage.parse(bytes, 0, bytes.length);
        assertThat(message).isNotNull();
        assertThat(message.messageClass()).isEqualTo(StunClass.REQUEST);
        assertThat(message.transactionId()).isEqualTo(ID);
        assertThat(message.text(StunAttribute.USERNAME)).isEqualTo("abcd:efgh");
        assertThat(message.u32(StunAttribute.PRIORITY)).isEqualTo(0xFFFFFFFFL);
        assertThat(message.i64(StunAttribute.ICE_CONTROLLING)).isEqualTo(-2L);
        assertThat(message.has(StunAttribute.USE_CANDIDATE)).isTrue();
        assertThat(message.xorAddress(StunAttribute.XOR_MAPPED_ADDRESS)).isEqualTo(ipv6);
        assertThat(key.verifies(message, MessageIntegrity.Algorithm.SHA1)).isTrue();
        assertThat(key.verifies(message, MessageIntegrity.Algorithm.SHA256)).isTrue();
        assertThat(MessageIntegrity.shortTerm("another password of 24c")
                        .verifies(message, MessageIntegrity.Algorithm.SHA1))
                .isFalse();
    }

    @Test
    void errorsCarryTheirCode() {
        byte[] bytes = StunWriter.request(StunMessage.BINDING, ID).toByteArray();
        StunMessage request = StunMessage.parse(bytes, 0, bytes.length);
        assertThat(request).isNotNull();
        byte[] answer =
                StunWriter.error(request, 487, "Role Conflict").fingerprint().toByteArray();
        StunMessage error = StunMessage.parse(answer, 0, answer.length);
        assertThat(error).isNotNull();
        assertThat(error.messageClass()).isEqualTo(StunClass.ERROR);
        assertThat(error.errorCode()).isEqualTo(487);
        assertThat(error.errorReason()).isEqualTo("Role Conflict");
    }

    @Test
    void aLongValueMakesRoom() {
        byte[] bytes = StunWriter.request(StunMessage.BINDING, ID)
                .bytes(StunAttribute.DATA, new byte[60_000])
                .fingerprint()
                .toByteArray();
        StunMessage message = StunMessage.parse(bytes, 0, bytes.length);
        assertThat(message).isNotNull();
        assertThat(message.bytes(StunAttribute.DATA)).hasSize(60_000);
    }
}
