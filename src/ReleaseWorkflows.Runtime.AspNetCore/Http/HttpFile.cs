namespace Elsa.Http;

/// <summary>An uploaded file.</summary>
/// <param name="Name">Name of the form field.</param>
/// <param name="FileName">Name of the file, without any folder.</param>
/// <param name="ContentType">Content type as the sender gave it; <c>application/octet-stream</c> if it gave none.</param>
/// <param name="Content">The bytes.</param>
public sealed record HttpFile(string Name, string FileName, string ContentType, byte[] Content);
