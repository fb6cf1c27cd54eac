using ReleaseWorkflows.Domain.Packages;
using ReleaseWorkflows.Domain.Pilot;

namespace ReleaseWorkflows.Domain.Tests.Packages;

public sealed class SamplePackagesTests
{
    private static readonly string Samples = Path.Combine(AppContext.BaseDirectory, "samples");

    [Theory]
    [InlineData("coffee", "Coffee", "pages/menu")]
    [InlineData("parcel", "Parcel", "pages/search")]
    public void Each_sample_is_a_valid_package(string sample, string title, string firstPage)
    {
        using var zip = new MemoryStream(Zip(sample));

        var result = PackageArchive.Read(zip);

        Assert.Empty(result.Problems);
        using var package = result.Package!;
        Assert.Equal((title, firstPage), (package.Manifest.Title, package.Manifest.Pages[0]));
        Assert.DoesNotContain("README.md", package.Files.Select(file => file.Path));
    }

    [Fact]
    public void Packing_twice_gives_the_same_bytes() => Assert.Equal(Zip("coffee"), Zip("coffee"));

    [Fact]
    public void The_sample_of_testers_has_one_duplicate_and_one_malformed_id()
    {
        var ids = File.ReadLines(Path.Combine(Samples, "testers.csv")).Skip(1).Select(line => line.Split(',')[0]);

        var result = TesterImport.Read(TesterLine.FromValues(ids), TesterIdKind.UserId, new HashSet<string>());

        Assert.Equal((10, 1, 1), (result.Accepted.Count, result.Duplicates.Count, result.Rejected.Count));
    }

    private static byte[] Zip(string sample)
    {
        using var zip = new MemoryStream();
        SamplePackages.Zip(Path.Combine(Samples, sample), zip);
        return zip.ToArray();
    }
}
