using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace ReleaseWorkflows.Server.Telemetry;

/// <summary>
/// Adds up the measurements of the platform's meters and of the web server, and writes them in Prometheus' text format. The registry of packages
/// holds no exporter for it; the format is small.
/// </summary>
internal sealed class PrometheusMetrics : IDisposable
{
    /// <summary>Type of the answer.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    // A name or a code that somebody puts into a tag must not fill the memory: what comes later is left out.
    private const int MostSeriesPerInstrument = 500;

    private static readonly double[] Seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600];
    private static readonly double[] Counts = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024];

    private readonly ConcurrentDictionary<string, Family> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    /// <summary>Begins to listen.</summary>
    public PrometheusMetrics()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (IsShown(instrument))
            {
                listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument.Name, _ => new Family(instrument)));
            }
        };
        _listener.SetMeasurementEventCallback<byte>((_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<float>((_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => Record(family, value, tags));
        _listener.Start();
    }

    /// <summary>Everything measured so far.</summary>
    public string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var (_, family) in _families.OrderBy(family => family.Key, StringComparer.Ordinal))
        {
            family.WriteTo(text);
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private static bool IsShown(Instrument instrument) =>
        instrument.Meter.Name.StartsWith("ReleaseWorkflows", StringComparison.Ordinal)
        || instrument.Name is "http.server.request.duration" or "http.server.active_requests" or "dotnet.process.memory.working_set" or "dotnet.gc.pause.time"
            or "dotnet.thread_pool.queue.length" or "dotnet.exceptions";

    private static void Record(object? family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => ((Family)family!).Record(value, tags);

    /// <summary>One instrument with its series, a series for each set of tags.</summary>
    private sealed class Family(Instrument instrument)
    {
        private static readonly SearchValues<char> Escaped = SearchValues.Create("\\\"\n");

        // Names are of the program's making, so there are few.
        private static readonly ConcurrentDictionary<string, string> LabelNames = new(StringComparer.Ordinal);

        private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);
        private readonly bool _isHistogram = instrument.GetType().GetGenericTypeDefinition() == typeof(Histogram<>);
        private readonly bool _isCounter = instrument.GetType().GetGenericTypeDefinition() is var type && (type == typeof(Counter<>) || type == typeof(ObservableCounter<>));
        private readonly bool _isObserved = instrument.IsObservable;
        private readonly double[] _bounds = instrument.Unit == "s" ? Seconds : Counts;

        private string Name { get; } = NameOf(instrument);

        public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (FindOrAdd(tags) is not { } series)
            {
                return;
            }

            lock (series)
            {
                series.Count++;
                series.Sum = _isObserved ? value : series.Sum + value;
                if (_isHistogram)
                {
                    var bucket = Array.BinarySearch(_bounds, value);
                    series.Buckets[bucket < 0 ? ~bucket : bucket]++;
                }
            }
        }

        // Something is measured several times per request, so a series that is there is found without making a text of its labels.
        private Series? FindOrAdd(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var labels = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[512]);
            WriteLabels(ref labels, tags);
            if (!_series.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(labels.Text, out var series) && _series.Count < MostSeriesPerInstrument)
            {
                series = _series.GetOrAdd(labels.Text.ToString(), _ => new Series(_isHistogram ? new long[_bounds.Length + 1] : []));
            }

            labels.Clear();
            return series;
        }

        public void WriteTo(StringBuilder text)
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP {Name} {(instrument.Description ?? "").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", " ", StringComparison.Ordinal)}\n");
            text.Append(CultureInfo.InvariantCulture, $"# TYPE {Name} {(_isHistogram ? "histogram" : _isCounter ? "counter" : "gauge")}\n");
            foreach (var (labels, series) in _series.OrderBy(series => series.Key, StringComparer.Ordinal))
            {
                lock (series)
                {
                    WriteSeries(text, labels, series);
                }
            }
        }

        private void WriteSeries(StringBuilder text, string labels, Series series)
        {
            var braced = labels.Length == 0 ? "" : $"{{{labels}}}";
            if (!_isHistogram)
            {
                text.Append(CultureInfo.InvariantCulture, $"{Name}{braced} {series.Sum}\n");
                return;
            }

            var (total, separator) = (0L, labels.Length == 0 ? "" : ",");
            for (var i = 0; i < series.Buckets.Length; i++)
            {
                total += series.Buckets[i];
                var bound = i < _bounds.Length ? _bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
                text.Append(CultureInfo.InvariantCulture, $"{Name}_bucket{{{labels}{separator}le=\"{bound}\"}} {total}\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"{Name}_sum{braced} {series.Sum}\n{Name}_count{braced} {series.Count}\n");
        }

        private static void WriteLabels(ref DefaultInterpolatedStringHandler labels, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var isFirst = true;
            foreach (var (name, value) in tags)
            {
                labels.AppendLiteral(isFirst ? "" : ",");
                isFirst = false;
                labels.AppendLiteral(LabelNames.GetOrAdd(name, static name => name.Replace('.', '_')));
                labels.AppendLiteral("=\"");
                if (value is int number)
                {
                    labels.AppendFormatted(number);
                }
                else
                {
                    labels.AppendLiteral(Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""));
                }

                labels.AppendLiteral("\"");
            }
        }

        private static string Escape(string text) => text.AsSpan().IndexOfAny(Escaped) < 0
            ? text
            : text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

        // By Prometheus' conventions: base units in the name, counters end with total.
        private static string NameOf(Instrument instrument)
        {
            var name = instrument.Name.Replace('.', '_');
            name = instrument.Unit switch { "s" => name + "_seconds", "By" => name + "_bytes", _ => name };
            return instrument.GetType().Name.Contains("Counter", StringComparison.Ordinal) && !instrument.GetType().Name.Contains("UpDown", StringComparison.Ordinal) ? name + "_total" : name;
        }
    }

    private sealed class Series(long[] buckets)
    {
        public long[] Buckets => buckets;

        public long Count { get; set; }

        public double Sum { get; set; }
    }
}
