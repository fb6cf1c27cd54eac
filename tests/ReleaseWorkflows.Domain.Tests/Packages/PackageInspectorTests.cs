using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.Packages;

namespace ReleaseWorkflows.Domain.Tests.Packages;

/// <summary>What reviewers find in the report on a package (S2).</summary>
public sealed class PackageInspectorTests
{
    private static readonly ConfigurationValues Configuration = new() { ServerDomains = ["api.example.com"], WebUrls = ["https://m.example.com/help"] };

    [Fact]
    public void The_samples_have_nothing_to_report()
    {
        using var zip = new MemoryStream();
        SamplePackages.Zip(Path.Combine(AppContext.BaseDirectory, "samples", "parcel"), zip);
        zip.Position = 0;
        using var package = PackageArchive.Read(zip).Package!;

        Assert.Empty(PackageInspector.Inspect(package, Configuration).Findings);
    }

    [Theory]
    [InlineData("fetch('https://api.example.com/v1');", null)]
    [InlineData("open('https://M.example.com/help');", null)]
    [InlineData("const ns = 'http://www.w3.org/2000/svg';", null)]
    [InlineData("fetch('https://tracker.example.net/v1');", PackageCheck.ServerDomains)]
    [InlineData("new WebSocket('wss://push.example.net');", PackageCheck.ServerDomains)]
    [InlineData("fetch('https://api.example.com.evil.example');", PackageCheck.ServerDomains)]
    [InlineData("app.navigateTo('/pages/index');", null)]
    [InlineData("app.navigateTo({ url: 'pages/gone?id=1' });", PackageCheck.Pages)]
    [InlineData("app.redirectTo(\"/pages/gone\");", PackageCheck.Pages)]
    [InlineData("evaluate(1);", null)]
    [InlineData("eval('1 + 1');", PackageCheck.DisallowedApis)]
    [InlineData("const f = new Function ('return 1');", PackageCheck.DisallowedApis)]
    [InlineData("document.cookie = 'a=b';", PackageCheck.DisallowedApis)]
    [InlineData("window.top.location = '/';", PackageCheck.DisallowedApis)]
    [InlineData("const password = input.value;", null)]
    [InlineData("const password = 'hunter2hunter2';", PackageCheck.Secrets)]
    [InlineData("const config = { apiKey: \"0123456789abcdef\" };", PackageCheck.Secrets)]
    [InlineData("const key = 'AKIAIOSFODNN7EXAMPLE';", PackageCheck.Secrets)]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----", PackageCheck.Secrets)]
    public void A_line_of_code_is_a_finding_or_not(string line, PackageCheck? check)
    {
        var report = Inspect(("pages/index.js", "// first\n" + line));

        Assert.Equal(check is null ? [] : [check.Value], report.Findings.Select(finding => finding.Check));
        Assert.All(report.Findings, finding => Assert.Equal(("pages/index.js", 2), (finding.Path, finding.Line)));
    }

    [Fact]
    public void A_secret_is_not_repeated_in_the_report() =>
        Assert.DoesNotContain("hunter2", Assert.Single(Inspect(("pages/index.js", "const password = 'hunter2hunter2';")).Findings).Message, StringComparison.Ordinal);

    [Fact]
    public void Large_files_and_packages_are_named()
    {
        var report = Inspect(("pages/index.js", ""), ("big.txt", new string('x', 2_200_000)));

        Assert.Equal([null, "big.txt"], report.Findings.Select(finding => finding.Path));
        Assert.All(report.Findings, finding => Assert.Equal(PackageCheck.SizeBudget, finding.Check));
    }

    [Fact]
    public void A_report_keeps_a_hundred_findings_and_counts_all()
    {
        var report = Inspect(("pages/index.js", string.Concat(Enumerable.Repeat("eval('1');\n", 150))));

        Assert.Equal((100, 150), (report.Findings.Count, report.Total));
    }

    [Fact]
    public void A_line_without_end_takes_no_time()
    {
        var report = Inspect(("pages/index.js", string.Concat(Enumerable.Repeat("https://a.", 100_000))));

        Assert.InRange(report.Total, 1, 2);
    }

    private static PackageReport Inspect(params (string Path, string Text)[] files)
    {
        var zip = files.Aggregate(TestZip.Valid().WithoutEntry("pages/index.js"), (packed, file) => packed.With(file.Path, file.Text));
        var read = zip.Read(new PackageLimits { MaxCompressionRatio = int.MaxValue });
        Assert.True(read.Package is not null, string.Join(" ", read.Problems));
        using var package = read.Package;
        return PackageInspector.Inspect(package, Configuration);
    }
}
