package dev.yodel.examples.video;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads what to show, as people type it. */
public final class VideoConverter implements ITypeConverter<VideoKind> {
    /** For the parser of command lines. */
    public VideoConverter() {}

    @Override
    public VideoKind convert(String text) {
        for (final VideoKind kind : VideoKind.values()) {
            if (kind.name().toLowerCase(Locale.ROOT).equals(text)) {
                return kind;
            }
        }
        throw new TypeConversionException("must be pattern, screen or camera, was " + text);
    }
}
