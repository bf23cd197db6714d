package dev.yodel.rtp.congestion;

/**
 * Is a queue growing on the way? A line through the last delays, compared with a threshold that adapts so that a flow
 * beside TCP is not starved (draft-ietf-rmcat-gcc-02 5.3, 5.4; Carlucci et al., "Congestion Control for Web Real-Time
 * Communication", 2017).
 */
final class DelayTrend {
    /** What the trend means. */
    enum Usage {
        NORMAL,
        OVERUSE,
        UNDERUSE
    }

    private static final int WINDOW = 20;
    private static final double SMOOTHING = 0.9;
    private static final double GAIN = 4;
    private static final double MAX_DELTAS = 60;
    private static final double OVERUSE_MILLIS = 10;
    private static final double MIN_THRESHOLD = 6;
    private static final double MAX_THRESHOLD = 600;
    private static final double MAX_ADAPT_DISTANCE = 15;
    private static final double GAIN_UP = 0.0087;
    private static final double GAIN_DOWN = 0.039;

    private final double[] times = new double[WINDOW];
    private final double[] delays = new double[WINDOW];
    private int size;
    private int next;
    private double accumulated;
    private double smoothed;
    private double arrivalMillis;
    private long deltas;
    private double threshold = 12.5;
    private double overusingMillis = -1;
    private int overuses;
    private double previousTrend;
    private Usage usage = Usage.NORMAL;

    /** Takes the deltas of two groups. */
    Usage update(double sentDelta, double arrivalDelta) {
        double delta = arrivalDelta - sentDelta;
        deltas++;
        arrivalMillis += arrivalDelta;
        accumulated += delta;
        smoothed = SMOOTHING * smoothed + (1 - SMOOTHING) * accumulated;
        times[next] = arrivalMillis;
        delays[next] = smoothed;
        next = (next + 1) % WINDOW;
        size = Math.min(size + 1, WINDOW);
        detect(size == WINDOW ? slope() : previousTrend, sentDelta, arrivalDelta);
        return usage;
    }

    private double slope() {
        double meanTime = 0;
        double meanDelay = 0;
        for (int i = 0; i < size; i++) {
            meanTime += times[i] / size;
            meanDelay += delays[i] / size;
        }
        double numerator = 0;
        double denominator = 0;
        for (int i = 0; i < size; i++) {
            double time = times[i] - meanTime;
            numerator += time * (delays[i] - meanDelay);
            denominator += time * time;
        }
        return denominator == 0 ? previousTrend : numerator / denominator;
    }

    private void detect(double trend, double sentDelta, double arrivalDelta) {
        if (deltas < 2) {
            return;
        }
        double modified = Math.min((double) deltas, MAX_DELTAS) * trend * GAIN;
        if (modified > threshold) {
            overusingMillis = overusingMillis < 0 ? sentDelta / 2 : overusingMillis + sentDelta;
            overuses++;
            if (overusingMillis > OVERUSE_MILLIS && overuses > 1 && trend >= previousTrend) {
                overusingMillis = 0;
                overuses = 0;
                usage = Usage.OVERUSE;
            }
        } else {
            overusingMillis = -1;
            overuses = 0;
            usage = modified < -threshold ? Usage.UNDERUSE : Usage.NORMAL;
        }
        previousTrend = trend;
        adapt(Math.abs(modified), Math.min(Math.max(arrivalDelta, 0), 100));
    }

    private void adapt(double modified, double elapsedMillis) {
        if (modified > threshold + MAX_ADAPT_DISTANCE) {
            // A jump of the route, not a queue.
            return;
        }
        double gain = modified < threshold ? GAIN_DOWN : GAIN_UP;
        threshold += gain * (modified - threshold) * elapsedMillis;
        threshold = Math.max(MIN_THRESHOLD, Math.min(MAX_THRESHOLD, threshold));
    }

    Usage usage() {
        return usage;
    }

    void reset() {
        size = 0;
        next = 0;
        accumulated = 0;
        smoothed = 0;
        deltas = 0;
        previousTrend = 0;
        overusingMillis = -1;
        overuses = 0;
        usage = Usage.NORMAL;
    }
}
