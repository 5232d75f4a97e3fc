// Connects a page's button to the passkey ceremony. Which one is said by data-passkey;
// what failed is said in Chinese in the page's live notice.
(function () {
  "use strict";

  const ids = {
    login: { login: "passkey_button", credential: "passkey_credential" },
    add: { add: "passkey_button", passwordless: "id_passwordless", credential: "id_credential", data: "js_data" },
    authenticate: { authenticate: "passkey_button", credential: "id_credential", data: "js_data" },
  };

  const sentences = {
    NotAllowedError: "没有完成：您取消了，或等待太久。可以再试一次，或改用验证码。",
    InvalidStateError: "没有完成：这个设备已经登记过了。",
    SecurityError: "没有完成：通行密钥只能在本站的正式域名（或 localhost）下使用。",
    NotSupportedError: "没有完成：这个设备或浏览器不支持通行密钥，请改用验证码。",
  };

  function say(sentence) {
    const notice = document.getElementById("h-live");
    if (!notice) return;
    notice.textContent = sentence;
    notice.hidden = false;
    notice.focus();
  }

  function start() {
    const button = document.getElementById("passkey_button");
    if (!button) return;
    if (!window.PublicKeyCredential) {
      button.disabled = true;
      button.title = "这个浏览器不支持通行密钥";
      return;
    }
    const kind = button.dataset.passkey;
    window.allauth.webauthn.forms[kind + "Form"]({ ids: ids[kind] });
    document.addEventListener("allauth.error", function (event) {
      event.preventDefault();
      const error = event.detail.exception;
      say(sentences[error && error.name] || "没有完成，请再试一次，或改用验证码。");
    });
  }

  document.addEventListener("DOMContentLoaded", start);
})();
