package dev.yodel.examples.call;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Ways to spoil a call on purpose, so that a verdict can be seen to notice. */
public enum Impairment {
    /** No RTP leaves either side once the call is set up. */
    DROP_MEDIA("drop-media"),
    /** Each side speaks the clip of the other. */
    WRONG_CLIP("wrong-clip");

    private final String text;

    Impairment(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }

    /** Reads the command line. */
    public static final class Converter implements ITypeConverter<Impairment> {
        @Override
        public Impairment convert(String value) {
            return Arrays.stream(values())
                    .filter(impairment -> impairment.text.equals(value))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("'" + value + "' is none of " + new Names()));
        }
    }

    /** The names, for the help. */
    public static final class Names extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        /** All of them. */
        public Names() {
            super(List.of(DROP_MEDIA.text, WRONG_CLIP.text));
        }
    }
}
