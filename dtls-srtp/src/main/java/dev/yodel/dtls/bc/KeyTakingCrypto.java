package dev.yodel.dtls.bc;

import dev.yodel.dtls.engine.RecordKeys;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.Consumer;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.EncryptionAlgorithm;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsDecodeResult;
import org.bouncycastle.tls.crypto.TlsEncodeResult;
import org.bouncycastle.tls.crypto.impl.TlsImplUtils;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

/**
 * Bouncy Castle's light-weight cryptography for the handshake, but not for records: when the keys of epoch 1 are derived it
 * hands them out, so that the association seals and opens records with the JDK's AES-GCM, and gives Bouncy Castle a cipher
 * that copies. It knows AES-GCM only; nothing else is offered or accepted.
 */
final class KeyTakingCrypto extends BcTlsCrypto {
    private static final int SALT_BYTES = 4;

    private final Consumer<RecordKeys> keyTaker;

    KeyTakingCrypto(SecureRandom random, Consumer<RecordKeys> keyTaker) {
        super(random);
        this.keyTaker = keyTaker;
    }

    @Override
    public TlsCipher createCipher(TlsCryptoParameters parameters, int encryptionAlgorithm, int macAlgorithm)
            throws IOException {
        int keyBytes =
                switch (encryptionAlgorithm) {
                    case EncryptionAlgorithm.AES_128_GCM -> 16;
                    case EncryptionAlgorithm.AES_256_GCM -> 32;
                    default -> throw new TlsFatalAlert(AlertDescription.internal_error);
                };
        // RFC 5246 6.3: client key, server key, client salt, server salt.
        byte[] block = TlsImplUtils.calculateKeyBlock(parameters, 2 * (keyBytes + SALT_BYTES));
        byte[] clientKey = Arrays.copyOfRange(block, 0, keyBytes);
        byte[] serverKey = Arrays.copyOfRange(block, keyBytes, 2 * keyBytes);
        byte[] clientSalt = Arrays.copyOfRange(block, 2 * keyBytes, 2 * keyBytes + SALT_BYTES);
        byte[] serverSalt = Arrays.copyOfRange(block, 2 * keyBytes + SALT_BYTES, block.length);
        Arrays.fill(block, (byte) 0);
        keyTaker.accept(
                parameters.isServer()
                        ? new RecordKeys(serverKey, clientKey, serverSalt, clientSalt)
                        : new RecordKeys(clientKey, serverKey, clientSalt, serverSalt));
        return new CopyingCipher();
    }

    /** Bouncy Castle's side of epoch 1: what it writes is sealed, and what it reads was opened, by the association. */
    private static final class CopyingCipher implements TlsCipher {
        @Override
        public int getCiphertextDecodeLimit(int plaintextLimit) {
            return plaintextLimit;
        }

        @Override
        public int getCiphertextEncodeLimit(int plaintextLimit) {
            return plaintextLimit;
        }

        @Override
        public int getPlaintextDecodeLimit(int ciphertextLimit) {
            return ciphertextLimit;
        }

        @Override
        public int getPlaintextEncodeLimit(int ciphertextLimit) {
            return ciphertextLimit;
        }

        @Override
        public TlsEncodeResult encodePlaintext(
                long sequence,
                short contentType,
                ProtocolVersion version,
                int headerAllocation,
                byte[] plaintext,
                int offset,
                int length) {
            byte[] result = new byte[headerAllocation + length];
            System.arraycopy(plaintext, offset, result, headerAllocation, length);
            return new TlsEncodeResult(result, 0, result.length, contentType);
        }

        @Override
        public TlsDecodeResult decodeCiphertext(
                long sequence, short recordType, ProtocolVersion version, byte[] data, int offset, int length) {
            return new TlsDecodeResult(data, offset, length, recordType);
        }

        @Override
        public void rekeyDecoder() throws IOException {
            throw new TlsFatalAlert(AlertDescription.internal_error);
        }

        @Override
        public void rekeyEncoder() throws IOException {
            throw new TlsFatalAlert(AlertDescription.internal_error);
        }

        @Override
        public boolean usesOpaqueRecordTypeDecode() {
            return false;
        }

        @Override
        public boolean usesOpaqueRecordTypeEncode() {
            return false;
        }
    }
}
