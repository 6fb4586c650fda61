import Incoming
import Testing

@testable import Commands

@Suite("A message on its way to the process that records it")
struct FoundMailTests {
  @Test(
    "all that was found in it arrives",
    arguments: [
      """
      From: "'kim@b.test' via Accounts" <ar@example.com>
      Reply-To: kim@b.test
      To: ar@example.com
      Date: Mon, 2 Mar 2026 10:00:00 +0100
      Message-ID: <a1@b.test>
      In-Reply-To: <c1.aa@example.com>
      List-Id: <ar.example.com>
      Subject: Re: Invoice R-1

      We will pay 120.00 EUR by 6 March.

      """,
      """
      Return-Path: <>
      From: mailer-daemon@b.test
      Subject: Mail delivery failed

      kim@b.test: 550 5.1.1 no such user

      ------ This is a copy of the message, including all the headers. ------

      Return-path: <ar@example.com>
      From: Accounts <ar@example.com>
      Message-ID: <x@relay.test>
      To: kim@b.test

      """,
    ])
  func whole(text: String) throws {
    let arrival = try #require(Arrival(Array(text.utf8)))
    #expect(arrival.list != nil && arrival.otherSenders == ["kim@b.test"] || arrival.returnedFrom == "ar@example.com")
    let found = try #require(FoundMail(FoundMail(file: "a.eml", mail: "a1@b.test", arrival: arrival).text))
    #expect(found.arrival == arrival && found.file == "a.eml" && found.mail == "a1@b.test")
  }
}
