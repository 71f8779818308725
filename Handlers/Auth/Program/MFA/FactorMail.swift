import HandlerKit
import Mailing

/// Tells people by mail what happened to their second factor, in the transaction in which it happened.
struct FactorMail: Sendable {
    let queue: MailQueue

    func call(_ change: MailTemplate.MFAChange, to email: String, name: String, _ caller: Caller) throws(AppError) -> Call {
        let occasion = MailTemplate.Occasion(at: caller.time.now(), address: caller.address, userAgent: caller.userAgent)
        return try queue.call(.mfaChanged(name: name, change: change, occasion), to: email, tenant: nil)
    }
}
