package dev.yodel.webrtc.internal.jsep;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A description as JSEP sees it.
 *
 * @param sessionId the number in the o-line
 * @param version the version in the o-line
 * @param bundle the mids of the BUNDLE group, the tagged one first; empty without a group
 * @param media the m-sections
 */
public record SessionModel(String sessionId, long version, List<String> bundle, List<MediaModel> media) {
    public SessionModel {
        bundle = List.copyOf(bundle);
        media = List.copyOf(media);
    }

    /**
     * Looks a section up.
     *
     * @param mid its identification
     * @return its index, -1 if there is none
     */
    public int indexOf(String mid) {
        for (int i = 0; i < media.size(); i++) {
            if (mid.equals(media.get(i).mid())) {
                return i;
            }
        }
        return -1;
    }

    @Nullable
    MediaModel at(int index) {
        return index >= 0 && index < media.size() ? media.get(index) : null;
    }

    /** The section whose transport this one uses: the tagged one of its group (RFC 9143 7.2), else itself. */
    int transportOwner(int index) {
        String mid = media.get(index).mid();
        if (mid == null || !bundle.contains(mid)) {
            return index;
        }
        for (String candidate : bundle) {
            int tagged = indexOf(candidate);
            if (tagged >= 0
                    && !media.get(tagged).rejected()
                    && !media.get(tagged).bundleOnly()) {
                return tagged;
            }
        }
        return index;
    }
}
