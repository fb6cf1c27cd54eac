using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Api;

public sealed class VersionTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly byte[] Parcel = ApiClient.Sample("parcel");

    private ApiClient Owner => shared.Server.As(Role.DeveloperAdmin);

    [Fact]
    public async Task An_upload_becomes_a_version_whose_bytes_are_kept()
    {
        var program = await NewProgramAsync();

        var uploaded = await Owner.UploadAsync(program, "1.0.0-rc.1", Parcel);

        var digest = Convert.ToHexStringLower(SHA256.HashData(Parcel));
        uploaded.Is(HttpStatusCode.Created);
        Assert.Equal($"/api/mini-programs/{program}/versions/1.0.0-rc.1", uploaded.Headers.Location!.ToString());
        Assert.Equal(digest, uploaded.Text("digest"));
        Assert.Equal(Parcel.Length, uploaded.Json.GetProperty("size").GetInt32());
        Assert.Equal(Parcel, await File.ReadAllBytesAsync(Path.Combine(shared.Server.DataFolder, "packages", digest[..2], digest + ".zip")));
        Assert.Equal(uploaded.Bytes, (await Owner.GetAsync($"/api/mini-programs/{program}/versions/1.0.0-rc.1")).Is(HttpStatusCode.OK).Bytes);
    }

    [Fact]
    public async Task Versions_are_listed_with_the_newest_upload_first()
    {
        var program = await NewProgramAsync();
        await Owner.UploadAsync(program, "2.0.0", Parcel);
        await Owner.UploadAsync(program, "1.0.0", Parcel);

        var versions = (await Owner.GetAsync($"/api/mini-programs/{program}/versions")).Items;

        Assert.Equal(["1.0.0", "2.0.0"], versions.Select(version => version.GetProperty("version").GetString()));
    }

    [Fact]
    public async Task A_number_is_used_once()
    {
        var program = await NewProgramAsync();
        await Owner.UploadAsync(program, "1.0.0", Parcel);

        var same = (await Owner.UploadAsync(program, "1.0.0", Parcel)).Is(HttpStatusCode.Conflict, "already-exists");
        var other = (await Owner.UploadAsync(program, "1.0.0", ApiClient.Sample("coffee"))).Is(HttpStatusCode.Conflict, "already-exists");

        Assert.Contains("same content", same.Text("detail"), StringComparison.Ordinal);
        Assert.Contains("other content", other.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_many_uploads_of_a_number_at_once_one_wins()
    {
        var program = await NewProgramAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Owner.UploadAsync(program, "1.0.0", Parcel)));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Created), answer => answer.Is(HttpStatusCode.Conflict, "already-exists"));
    }

    [Fact]
    public async Task Everything_wrong_with_an_upload_is_told_at_once_down_to_the_files()
    {
        var program = await NewProgramAsync();
        var package = Zip(("app.json", """{ "pages": ["pages/index", "pages/gone"] }"""), ("pages/index.js", ""), ("pages/index.html", ""), ("../outside.js", ""), ("a.js", ""), ("A.js", ""));

        var answer = await Owner.UploadAsync(program, "one", package);

        answer.Is(HttpStatusCode.BadRequest, "invalid");
        Assert.Contains("version", answer.BadFields);
        Assert.Contains("package/../outside.js", answer.BadFields);
        Assert.Contains("package/A.js", answer.BadFields);
        Assert.Contains("pages/gone", answer.ErrorOf("package/app.json"), StringComparison.Ordinal);
        Assert.Empty((await Owner.GetAsync($"/api/mini-programs/{program}/versions")).Items);
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.Combine(shared.Server.DataFolder, "packages", "incoming")), IsOfThisTest);

        // Other tests upload at the same time; theirs are valid packages.
        bool IsOfThisTest(string path) => File.Exists(path) && new FileInfo(path).Length == package.Length;
    }

    [Fact]
    public async Task A_file_that_is_no_zip_is_refused() =>
        Assert.Contains("not a zip file", (await Owner.UploadAsync(await NewProgramAsync(), "1.0.0", Encoding.UTF8.GetBytes("hello"))).Is(HttpStatusCode.BadRequest).ErrorOf("package"), StringComparison.Ordinal);

    [Fact]
    public async Task Both_fields_are_needed_and_no_others()
    {
        var program = await NewProgramAsync();
        var form = new MultipartFormDataContent { { new StringContent("x"), "comment" } };

        var answer = await Owner.PostAsync($"/api/mini-programs/{program}/versions", form);

        Assert.Equal(["comment", "package", "version"], answer.Is(HttpStatusCode.BadRequest, "invalid").BadFields);
    }

    [Fact]
    public async Task A_body_that_is_no_form_is_415() =>
        (await Owner.PostAsync($"/api/mini-programs/{await NewProgramAsync()}/versions", new { version = "1.0.0" })).Is(HttpStatusCode.UnsupportedMediaType);

    [Theory]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"version\"\r\n\r\n1.0.0")]
    [InlineData("no boundary at all")]
    public async Task A_form_that_breaks_off_is_400(string body)
    {
        var content = new StringContent(body);
        content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");

        (await Owner.PostAsync($"/api/mini-programs/{await NewProgramAsync()}/versions", content)).Is(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_package_of_more_than_20_MB_is_413()
    {
        var program = await NewProgramAsync();

        (await Owner.UploadAsync(program, "1.0.0", new byte[(20 * 1024 * 1024) + 1])).Is(HttpStatusCode.RequestEntityTooLarge, "too-large");
    }

    [Fact]
    public async Task Who_may_not_prepare_releases_uploads_nothing()
    {
        (await shared.Server.As(Role.Developer).UploadAsync("coffee", "1.0.77", Parcel)).Is(HttpStatusCode.Created);
        (await shared.Server.As(Role.Reviewer).UploadAsync("coffee", "1.0.78", Parcel)).Is(HttpStatusCode.NotFound);
        (await shared.Server.As(Role.WorkspaceDeveloper).UploadAsync("coffee", "1.0.78", Parcel)).Is(HttpStatusCode.NotFound);
        (await Owner.UploadAsync("nothing", "1.0.78", Parcel)).Is(HttpStatusCode.NotFound);
        (await Owner.GetAsync("/api/mini-programs/coffee/versions/9.9.9")).Is(HttpStatusCode.NotFound, "not-found");
    }

    private async Task<string> NewProgramAsync()
    {
        var key = SharedServer.NewKey("versions");
        (await Owner.PostAsync("/api/mini-programs", new { key, name = "Versions" })).Is(HttpStatusCode.Created);
        return key;
    }

    private static byte[] Zip(params (string Name, string Content)[] files)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return stream.ToArray();
    }
}
