using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ReleaseWorkflows.Runtime.AspNetCore.Tests.Email;

/// <summary>A small mail server on a free port, with STARTTLS under a certificate it signed itself. It records the dialogue.</summary>
internal sealed class SmtpPeer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate = CreateCertificate();
    private readonly CancellationTokenSource _end = new();

    public SmtpPeer()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What was said to the server; a message between DATA and its end is one line.</summary>
    public List<string> Heard { get; } = [];

    /// <summary>Answers of the server other than the usual ones, by the command; an empty one closes the connection.</summary>
    public Dictionary<string, string> Answers { get; } = [];

    public string Features { get; set; } = "STARTTLS";

    public string FeaturesUnderTls { get; set; } = "AUTH PLAIN LOGIN";

    public bool IsSilent { get; set; }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _certificate.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_end.Token);
                await TalkAsync(client.GetStream());
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or SocketException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
            {
                // The client went away; that is part of the tests.
            }
        }
    }

    private async Task TalkAsync(Stream stream)
    {
        if (IsSilent)
            await Task.Delay(Timeout.InfiniteTimeSpan, _end.Token);
        var features = Features;
        var reader = new StreamReader(stream, Encoding.UTF8);
        await SayAsync(stream, "220 peer");
        while (await reader.ReadLineAsync(_end.Token) is { } line)
        {
            Heard.Add(line);
            var verb = line.Split(' ', ':')[0];
            var answer = Answers.GetValueOrDefault(line) ?? Answers.GetValueOrDefault(verb) ?? verb switch
            {
                "EHLO" => $"250-peer\r\n250 {features}",
                "STARTTLS" => "220 go",
                "DATA" => "354 go on",
                "AUTH" when line == "AUTH LOGIN" => "334 VXNlcm5hbWU6",
                "AUTH" => "235 welcome",
                "dXNlcg==" => "334 UGFzc3dvcmQ6",
                "d29yZA==" => "235 welcome",
                "QUIT" => "221 bye",
                _ => "250 ok",
            };
            if (answer.Length == 0)
                return;
            await SayAsync(stream, answer);
            if (verb == "STARTTLS" && answer.StartsWith("220", StringComparison.Ordinal))
            {
                var secure = new SslStream(stream);
                await secure.AuthenticateAsServerAsync(_certificate);
                (stream, features) = (secure, FeaturesUnderTls);
                reader = new StreamReader(stream, Encoding.UTF8);
            }
            else if (verb == "DATA" && answer.StartsWith("354", StringComparison.Ordinal))
            {
                var message = new StringBuilder();
                while (await reader.ReadLineAsync(_end.Token) is { } part && part != ".")
                    message.Append(part.StartsWith('.') ? part[1..] : part).Append("\r\n");
                Heard.Add(message.ToString());
                var end = Answers.GetValueOrDefault(".", "250 taken");
                if (end.Length == 0)
                    return;
                await SayAsync(stream, end);
            }
        }
    }

    private static async Task SayAsync(Stream stream, string answer) => await stream.WriteAsync(Encoding.ASCII.GetBytes(answer + "\r\n"));

    private static X509Certificate2 CreateCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(100));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }
}
